using System.Globalization;
using Srpo.Core.Errors;
using Srpo.Core.Settings;
using Srpo.Environments;

namespace Srpo.Learning.Devices;

/// <summary>
/// Plays by the rules of a scripted player where others evaluate a network. What the rules say of illegal actions is left out and the rest scaled, so that it adds up to 1;
/// rules that fail, or leave nothing, end the match with words that name them. Not thread-safe.
/// </summary>
/// <param name="reference">The player, for messages.</param>
/// <param name="player">The player.</param>
/// <param name="game">What it plays.</param>
internal sealed class ScriptedNetwork(ScriptedReference reference, ScriptedPlayer player, ScriptedGame game) : IPolicyNetwork
{
    private readonly ScriptedRules _rules = Make(reference, player, game);
    private readonly byte[] _allLegal = [.. Enumerable.Repeat((byte)1, game.Info.Actions)];
    private readonly int _inputs = game.Info.ObservationLength(player.Encoding);
    private readonly int _actions = game.Info.Actions;

    /// <summary>Nothing: what they say was looked at before.</summary>
    /// <inheritdoc/>
    public void Load(ReadOnlySpan<float> parameters)
    {
    }

    /// <inheritdoc/>
    public void Evaluate(in PolicyBatch batch)
    {
        var notes = batch.State.Length / batch.Rows;
        for (var row = 0; row < batch.Rows; row++)
        {
            var legal = batch.Legal.IsEmpty ? _allLegal : batch.Legal.Slice(row * _actions, _actions);
            var probabilities = batch.Probabilities.Slice(row * _actions, _actions);
            probabilities.Clear();
            var turn = new ScriptedTurn(batch.Seats[row], batch.Observations.Slice(row * _inputs, _inputs), legal, batch.State.Slice(row * notes, notes), probabilities, ref batch.Draws[row]);
            try
            {
                _rules(turn);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                throw Failed(turn.Seat, $"failed: {error.GetType().Name}: {SrpoException.MessageOf(error)}", error);
            }

            Scale(turn.Seat, legal, probabilities);
            if (notes > 0) RequireFinite(turn);
            if (batch.LogProbabilities.IsEmpty) continue;
            var logs = batch.LogProbabilities.Slice(row * _actions, _actions);
            for (var action = 0; action < _actions; action++) logs[action] = legal[action] == 0 ? 0 : MathF.Log(probabilities[action]);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private static ScriptedRules Make(ScriptedReference reference, ScriptedPlayer player, ScriptedGame game)
    {
        try
        {
            return player.Create(game) ?? throw new InvalidOperationException("it made no rules");
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            throw new SrpoException(ErrorKind.Failed, $"the {reference} could not begin in {game.Info.Name} {game.Info.Variant}: {error.GetType().Name}: {SrpoException.MessageOf(error)}", error);
        }
    }

    private void Scale(int seat, ReadOnlySpan<byte> legal, Span<float> probabilities)
    {
        var sum = 0f;
        for (var action = 0; action < probabilities.Length; action++)
        {
            if (!(probabilities[action] >= 0 && float.IsFinite(probabilities[action])))
                throw Failed(seat, string.Create(CultureInfo.InvariantCulture, $"gave the action {action} ({game.Info.ActionNames[action]}) the probability {probabilities[action]}; probabilities are finite and not negative"));
            if (legal[action] == 0) probabilities[action] = 0;
            sum += probabilities[action];
        }

        if (!(sum > 0 && float.IsFinite(sum))) throw Failed(seat, "gave no legal action a probability; turn.Legal says which actions are");
        if (sum == 1) return;
        for (var action = 0; action < probabilities.Length; action++) probabilities[action] /= sum;
    }

    private void RequireFinite(in ScriptedTurn turn)
    {
        foreach (var note in turn.Notes)
            if (!float.IsFinite(note)) throw Failed(turn.Seat, "noted down a number that is not finite");
    }

    private SrpoException Failed(int seat, string what, Exception? error = null) =>
        new(ErrorKind.Failed, string.Create(CultureInfo.InvariantCulture, $"the {reference} in seat {seat} of {game.Info.Name} {game.Info.Variant} {what}"), error);
}
