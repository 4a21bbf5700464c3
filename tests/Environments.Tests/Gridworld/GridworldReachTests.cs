using Srpo.Core.Settings;
using Srpo.Environments.Gridworld;

namespace Srpo.Environments.Tests.Gridworld;

public class GridworldReachTests
{
    [Fact]
    public void AllIsWellOnTheBuiltInLayouts() =>
        Assert.All(EnvironmentFactory.Registrations, registration => Assert.All(
            registration.Variants, variant => Assert.Empty(EnvironmentFactory.Warnings(new EnvironmentSettings(registration.Name, variant)))));

    [Theory]
    // Both are walled in.
    [InlineData("1#..|##OP|2#..", "no onion can ever be delivered: the player who starts at (0,0) can get to no source and no pot, and the player who starts at (2,0) can get to no source and no pot / the players can never meet: neither gets to where the other is")]
    // Both have the source, neither the pot.
    [InlineData("1.#..|..#P.|O2#..", "no onion can ever be delivered: the player who starts at (0,0) can get to no pot, and the player who starts at (2,1) can get to no pot")]
    // One has the source and the other the pot, and nothing can be handed over.
    [InlineData("1O#2P", "no onion can ever be delivered: the player who starts at (0,0) can get to no pot, and the player who starts at (0,3) can get to no source / the players can never meet: neither gets to where the other is")]
    // One works alone: the score is possible.
    [InlineData("1.#2O|..#.P", "only one player can deliver: the player who starts at (0,0) can get to no source and no pot / the players can never meet: neither gets to where the other is")]
    // A corridor: 2 stands between 1 and the pot and cannot get out of the way.
    [InlineData("O12P", "no onion can ever be delivered: the player who starts at (0,1) can get to no pot past its partner, and the player who starts at (0,2) can get to no source past its partner")]
    // The same with a recess: they can pass each other.
    [InlineData("O12P|#.##", "")]
    // A recess behind 2 does not help 1, which cannot get past it; 2 has both at its end.
    [InlineData("1.2OP", "only one player can deliver: the player who starts at (0,0) can get to no source past its partner and no pot past its partner")]
    // The pot breaks the ring: one end of a line has both, and nobody gets past the other.
    [InlineData("1..|.#.|2PO", "only one player can deliver: the player who starts at (2,0) can get to no source past its partner")]
    // A ring: everybody gets everywhere.
    [InlineData("1..|.#.|2O.|P..", "")]
    [InlineData("1.#O|2.#.|PO##", "neither player can get to the source at (0,3)")]
    [InlineData("1.#P|2.##|PO##", "neither player can get to the pot at (0,3)")]
    // A pot in the corner of a map has its neighbours only.
    [InlineData("1O2|...|##.|P#.", "no onion can ever be delivered: the player who starts at (0,0) can get to no pot, and the player who starts at (0,2) can get to no pot")]
    // One's own start is a source: waiting there takes the onion.
    [InlineData("starts: 0,0 0,2|map:|OP.", "only one player can deliver: the player who starts at (0,2) can get to no source / the players can never meet: neither gets to where the other is")]
    public void WhatCannotBeReachedIsSaid(string map, string expected) => Assert.Equal(expected, string.Join(" / ", Reach(map).Warnings()));

    [Fact]
    public void AnEpisodeThatIsTooShortForADeliveryIsSaid()
    {
        // Three steps to the source, four back and one into the pot.
        const string Map = "P1..O|2....";
        Assert.Equal(7, Reach(Map).StepsToDelivery());
        Assert.Empty(Reach("episode-length: 7|map:|" + Map).Warnings());
        Assert.Equal(["no onion can be delivered in an episode of 6 steps: it takes 7 from a start to a source and a pot"], Reach("episode-length: 6|map:|" + Map).Warnings());
    }

    [Fact]
    public void OnALargeMapThePartnerIsTakenToMakeRoom()
    {
        // The corridor of O12P, opened into a hall behind the source: too many places to follow both, and a way round in any case.
        var hall = string.Concat(Enumerable.Repeat("|" + new string('.', 40), 30));
        Assert.Empty(Reach("O12P" + new string('#', 36) + hall.Insert(0, "|." + new string('#', 39))).Warnings());

        var shut = Reach("O12P" + new string('#', 36) + "|" + new string('#', 40) + hall);
        Assert.Single(shut.Warnings());
    }

    /// <summary>Held against play: what is in reach is got to by random walks, what is not never is.</summary>
    [Fact]
    public void RandomPlayDeliversWhereItCanAndNowhereElse()
    {
        var random = new Random(5);
        var (possible, impossible) = (0, 0);
        for (var trial = 0; trial < 150; trial++)
        {
            var cells = Enumerable.Repeat('.', 12).ToArray();
            for (var wall = 0; wall < 5; wall++) cells[random.Next(12)] = '#';
            int[] places = [.. Enumerable.Range(0, 12).OrderBy(_ => random.Next()).Take(4)];
            for (var i = 0; i < 4; i++) cells[places[i]] = "12OP"[i];
            var layout = GridworldLayout.Parse("respawn-probability: 1\n\n" + string.Join('\n', cells.Chunk(4).Select(row => new string(row))));
            var reach = new GridworldReach(layout);
            var delivered = new bool[2];
            for (var episode = 0; episode < 20; episode++)
            {
                var state = layout.Initial(swapSeats: false);
                for (var step = 0; step < 400 && !(delivered[0] && delivered[1]); step++)
                {
                    var loaded = (state.Agents[0].Carrying, state.Agents[1].Carrying);
                    GridworldRules.Step(layout, ref state, random.Next(5), random.Next(5), random.Next(2), uint.MaxValue);
                    delivered[0] |= loaded.Item1 && !state.Agents[0].Carrying;
                    delivered[1] |= loaded.Item2 && !state.Agents[1].Carrying;
                }
            }

            Assert.Equal((reach.Delivers(0), reach.Delivers(1)), (delivered[0], delivered[1]));
            possible += delivered.Count(each => each);
            impossible += delivered.Count(each => !each);
        }

        Assert.True(possible > 40 && impossible > 40, $"{possible} possible, {impossible} impossible");
    }

    private static GridworldReach Reach(string text)
    {
        var lines = text.Replace('|', '\n');
        return new GridworldReach(GridworldLayout.Parse(lines.Contains("map:", StringComparison.Ordinal) ? lines : "map:\n" + lines));
    }
}
