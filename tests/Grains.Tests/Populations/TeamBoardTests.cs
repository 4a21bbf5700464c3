using System.Net;
using Srpo.Grains.Interfaces;

namespace Srpo.Grains.Tests;

/// <summary>Which silo trains which team.</summary>
public sealed class TeamBoardTests
{
    [Theory]
    [InlineData(6, new[] { 1, 2 }, new[] { 2, 4 })]
    [InlineData(12, new[] { 4, 4, 4 }, new[] { 4, 4, 4 })]
    [InlineData(12, new[] { 1, 1, 8, 2 }, new[] { 1, 1, 8, 2 })]
    [InlineData(2, new[] { 8, 8 }, new[] { 1, 1 })]
    public void Teams_are_dealt_out_in_proportion_to_cores(int teams, int[] cores, int[] expected)
    {
        var silos = Silos(cores);
        var board = new TeamBoard("p", teams, silo => silo.Cores);
        board.Update(silos, _ => true);
        Assert.Equal(expected, Counts(board, teams, silos));
    }

    [Fact]
    public void A_silo_alone_has_a_slot_per_core_and_its_teams_take_them_in_turn()
    {
        var board = new TeamBoard("p", 5, silo => silo.Cores);
        board.Update(Silos(2), _ => true);
        Assert.Equal([0, 1, 0, 1, 0], Enumerable.Range(0, 5).Select(team => board.Of(team)!.Value.Slot));
    }

    [Fact]
    public void Only_as_many_teams_move_as_must()
    {
        var silos = Silos(2, 2, 2);
        var board = new TeamBoard("p", 12, silo => silo.Cores);
        board.Update(silos[..2], _ => true);
        var before = All(board, 12);

        board.Update(silos, _ => true);
        Assert.Equal([4, 4, 4], Counts(board, 12, silos));
        Assert.Equal(4, All(board, 12).Zip(before).Count(pair => pair.First != pair.Second));

        // One goes: those that were elsewhere stay.
        before = All(board, 12);
        board.Update([silos[0], silos[2]], _ => true);
        Assert.Equal([6, 0, 6], Counts(board, 12, silos));
        Assert.Equal(4, All(board, 12).Zip(before).Count(pair => pair.First != pair.Second));

        // Nothing has changed: nothing moves.
        before = All(board, 12);
        board.Update([silos[0], silos[2]], _ => true);
        Assert.Equal(before, All(board, 12));
    }

    [Fact]
    public void Silos_that_stop_take_nothing_and_without_any_teams_wait()
    {
        var silos = Silos(1, 1);
        var board = new TeamBoard("p", 3, silo => silo.Cores);
        board.Update(silos, _ => true);
        Assert.False(board.Differs(silos));
        silos[0] = silos[0] with { Stopping = true };
        Assert.True(board.Differs(silos));
        board.Update(silos, _ => true);
        Assert.Equal([0, 3], Counts(board, 3, silos));
        board.Update([], _ => true);
        Assert.All(All(board, 3), slot => Assert.Null(slot));
        board.Update(silos, team => team == 1);
        Assert.Equal([0, 1], Counts(board, 3, silos));
    }

    [Fact]
    public void Small_populations_go_where_others_do_not_work()
    {
        var silos = Silos(2, 2);
        silos[0] = silos[0] with { Teams = 2 };
        foreach (var name in new[] { "a", "b", "c", "d" })
        {
            var board = new TeamBoard(name, 1, silo => silo.Cores);
            board.Update(silos, _ => true);
            Assert.Equal(silos[1].Silo, board.Of(0)!.Value.Silo);
        }
    }

    private static SiloCapacity[] Silos(params int[] cores) =>
        [.. cores.Select((count, i) => new SiloCapacity(SiloAddress.New(IPAddress.Loopback, 1000 + i, 1), count, 0, 0, false))];

    private static int[] Counts(TeamBoard board, int teams, SiloCapacity[] silos) =>
        [.. silos.Select(silo => Enumerable.Range(0, teams).Count(team => board.Of(team) is { } slot && slot.Silo.Equals(silo.Silo)))];

    [Fact]
    public void Teams_come_to_silos_that_have_their_device_and_wait_where_none_has()
    {
        var silos = Silos(4, 4, 4);
        silos[1] = silos[1] with { HasTorch = true };
        silos[2] = silos[2] with { HasTorch = true, Gpus = 2 };
        var board = new TeamBoard("p", 6, silo => silo.Gpus);
        board.Update(silos, _ => true);
        Assert.All(Enumerable.Range(0, 6), team => Assert.Equal(silos[2].Silo, board.Of(team)!.Value.Silo));
        Assert.Equal(2, Enumerable.Range(0, 6).Select(team => board.Of(team)!.Value.Slot).Distinct().Count());
        board.Update(silos[..2], _ => true);
        Assert.All(Enumerable.Range(0, 6), team => Assert.Null(board.Of(team)));
        Assert.True(board.Differs(silos));
    }

    private static LearnerSlot?[] All(TeamBoard board, int teams) => [.. Enumerable.Range(0, teams).Select(board.Of)];
}
