using System.Globalization;
using Srpo.Environments.Recordings;

namespace Srpo.Environments.Hanabi;

/// <summary>
/// Replays recorded games move by move through <see cref="HanabiRules"/>, with the recorded deck, and compares every field:
/// mover, every bit of the observation, legal moves, what the move did, and the public state after it. Everything must agree.
/// </summary>
public static class HanabiVerifier
{
    /// <summary>Replays a file up to the first difference.</summary>
    /// <param name="path">The file, .jsonl or .jsonl.gz.</param>
    /// <returns>Counts of games and turns, and the first difference if there is one.</returns>
    /// <exception cref="RecordingException">The file cannot be read; the message names file, line, game, turn and field.</exception>
    public static RecordingReport Verify(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var games = 0;
        var turns = 0L;
        foreach (var recorded in HanabiRecording.Read(path))
        {
            var difference = new Replay(recorded).Run(ref turns);
            if (difference is not null) return new RecordingReport(path, games, turns, difference);
            games++;
        }

        return new RecordingReport(path, games, turns, null);
    }

    /// <summary>One game.</summary>
    private sealed class Replay
    {
        private readonly HanabiRecordedGame _recorded;
        private readonly HanabiGame _game;
        private readonly HanabiState _state;
        private readonly HanabiEncoder _encoder;
        private readonly float[] _observation;
        private readonly byte[] _legal;
        private int _dealt;

        public Replay(HanabiRecordedGame recorded)
        {
            _recorded = recorded;
            _game = new HanabiGame(recorded.Definition);
            _state = new HanabiState(_game);
            HanabiRules.Deal(_state, recorded.Deck);
            _encoder = new HanabiEncoder(_game);
            _observation = new float[_encoder.Length];
            _legal = new byte[_game.Moves.Count];
        }

        public RecordingDifference? Run(ref long turns)
        {
            var difference = Start();
            for (var i = 0; difference is null && i < _recorded.Turns.Count; i++)
            {
                var place = _recorded.Place with { Step = i };
                difference = Play(place, _recorded.Turns[i], i);
                if (difference is null) turns++;
            }

            return difference ?? Final();
        }

        private RecordingDifference? Start()
        {
            var place = _recorded.Place;
            var difference = Compare(place, "num_moves", _recorded.Moves, _game.Moves.Count)
                ?? Compare(place, "obs_len", _recorded.ObservationLength, _encoder.Length);
            for (; difference is null && _dealt < _state.DealtCards; _dealt++)
                difference = Receiver(place, _dealt / _recorded.Definition.HandSize);
            return difference;
        }

        private RecordingDifference? Play(RecordingPlace place, HanabiRecordedTurn turn, int number)
        {
            if (_state.End != HanabiEnd.NotFinished)
                return Differ(place, "turns", $"{_recorded.Turns.Count} turns", $"the game over after {number}");
            var difference = Compare(place, "t", turn.Turn, number)
                ?? Compare(place, "player", turn.Player, _state.Mover)
                ?? Observation(place, turn.Observation)
                ?? Compare(place, "legal", turn.Legal, Legal());
            if (difference is not null) return difference;
            var (mover, action) = (_state.Mover, turn.Action);
            if (HanabiRules.WhyIllegal(_state, action) is { } reason) return Differ(place, "uid", Text(action), reason);
            var reward = HanabiRules.Apply(_state, action);
            var played = _state.LastMove!.Value;
            difference = Move(place, turn, played.Move)
                ?? Compare(place, "card", turn.Card, played.Card)
                ?? Compare(place, "scored", turn.Scored, played.Scored ? 1 : 0)
                ?? Compare(place, "got_token", turn.GainedToken, played.GainedToken ? 1 : 0)
                ?? Compare(place, "touched", turn.Touched, played.Touched)
                ?? Compare(place, "newly_touched", turn.NewlyTouched, played.NewlyTouched)
                ?? Compare(place, "draw", turn.Drawn, played.Drawn)
                ?? Compare(place, "score", turn.Score, _state.Score)
                ?? Compare(place, "reward", turn.Reward, reward)
                ?? Compare(place, "fireworks", turn.Fireworks, Fireworks())
                ?? Compare(place, "fireworks_sum", turn.FireworksSum, _state.FireworksSum)
                ?? Compare(place, "info", turn.InformationTokens, _state.InformationTokens)
                ?? Compare(place, "life", turn.LifeTokens, _state.LifeTokens)
                ?? Compare(place, "deck", turn.DeckSize, _state.DeckSize)
                ?? Compare(place, "discards", Cards(turn.Discards), Cards(_state.Discards()))
                ?? Compare(place, "end", turn.End, (int)_state.End);
            if (difference is not null || played.Drawn is null) return difference;
            return Receiver(place, mover, _dealt++);
        }

        private RecordingDifference? Final()
        {
            var place = _recorded.Place;
            var final = _recorded.Final;
            if (_state.End == HanabiEnd.NotFinished)
                return Differ(place, "turns", $"{_recorded.Turns.Count} turns", "a game that goes on after them");
            return Compare(place, "deals", _recorded.Receivers.Count, _dealt)
                ?? Undealt(place)
                ?? Compare(place, "final.num_turns", final.Turns, _state.Turn)
                ?? Compare(place, "final.score", final.Score, _state.Score)
                ?? Compare(place, "final.fireworks", final.Fireworks, Fireworks())
                ?? Compare(place, "final.fireworks_sum", final.FireworksSum, _state.FireworksSum)
                ?? Compare(place, "final.end", final.End, (int)_state.End)
                ?? Compare(place, "final.end_name", final.EndName, EndName(_state.End));
        }

        /// <summary>What is left is listed by colour, then rank.</summary>
        private RecordingDifference? Undealt(RecordingPlace place)
        {
            var left = _recorded.Deck.Skip(_dealt).ToList();
            return Compare(place, "undealt", Cards(left), Cards(left.OrderBy(card => card.Color).ThenBy(card => card.Rank)));
        }

        private RecordingDifference? Receiver(RecordingPlace place, int seat) => Receiver(place, seat, _dealt);

        private RecordingDifference? Receiver(RecordingPlace place, int seat, int deal) => deal < _recorded.Receivers.Count
            ? Compare(place, $"deals[{Text(deal)}][0]", _recorded.Receivers[deal], seat)
            : Differ(place, "deals", $"{Text(_recorded.Receivers.Count)} cards dealt", "one more");

        private RecordingDifference? Observation(RecordingPlace place, string recorded)
        {
            if (recorded.Length != _observation.Length) return Differ(place, "obs", $"{Text(recorded.Length)} bits", $"{Text(_observation.Length)} bits");
            _encoder.Write(_state, _state.Mover, _observation);
            for (var i = 0; i < recorded.Length; i++)
            {
                var bit = _observation[i] != 0 ? '1' : '0';
                if (recorded[i] == bit) continue;
                var meaning = new HanabiObservationLayout(_game).Slots()[i].Meaning;
                return Differ(place, $"obs[{Text(i)}] ({meaning})", recorded[i].ToString(), bit.ToString());
            }

            return null;
        }

        private RecordingDifference? Move(RecordingPlace place, HanabiRecordedTurn turn, in HanabiMove move) =>
            Compare(place, "move.type", turn.MoveType, MoveType(move.Kind))
            ?? Compare(place, "move.card_index", turn.MoveNumbers[0], move.Position)
            ?? Compare(place, "move.target_offset", turn.MoveNumbers[1], move.TargetOffset)
            ?? Compare(place, "move.color", turn.MoveNumbers[2], move.Color)
            ?? Compare(place, "move.rank", turn.MoveNumbers[3], move.Rank);

        private int[] Legal()
        {
            HanabiRules.WriteLegal(_state, _state.Mover, _legal);
            return [.. Enumerable.Range(0, _legal.Length).Where(action => _legal[action] != 0)];
        }

        private int[] Fireworks() => [.. Enumerable.Range(0, _recorded.Definition.Colors).Select(_state.Firework)];
    }

    private static string MoveType(HanabiMoveKind kind) => kind switch
    {
        HanabiMoveKind.Play => "PLAY",
        HanabiMoveKind.Discard => "DISCARD",
        HanabiMoveKind.HintColor => "REVEAL_COLOR",
        _ => "REVEAL_RANK",
    };

    private static string EndName(HanabiEnd end) => end switch
    {
        HanabiEnd.OutOfLifeTokens => "OUT_OF_LIFE_TOKENS",
        HanabiEnd.OutOfCards => "OUT_OF_CARDS",
        HanabiEnd.CompletedFireworks => "COMPLETED_FIREWORKS",
        _ => "NOT_FINISHED",
    };

    private static RecordingDifference? Compare<T>(RecordingPlace place, string field, T expected, T got) =>
        EqualityComparer<T>.Default.Equals(expected, got) ? null : Differ(place, field, Text(expected), Text(got));

    private static RecordingDifference? Compare(RecordingPlace place, string field, HanabiCard? expected, HanabiCard? got) =>
        expected == got ? null : Differ(place, field, CardText(expected), CardText(got));

    private static RecordingDifference? Compare(RecordingPlace place, string field, IReadOnlyList<int> expected, IReadOnlyList<int> got) =>
        expected.SequenceEqual(got) ? null : Differ(place, field, Text(expected), Text(got));

    private static string Cards(IEnumerable<HanabiCard> cards) => $"[{string.Join(",", cards.Select(card => CardText(card)))}]";

    /// <summary>As recordings write it.</summary>
    private static string CardText(HanabiCard? card) => card is { } there ? $"[{Text(there.Color)},{Text(there.Rank)}]" : "null";

    private static string Text(IReadOnlyList<int> numbers) => $"[{string.Join(",", numbers.Select(number => Text(number)))}]";

    private static string Text<T>(T value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "null";

    private static RecordingDifference Differ(RecordingPlace place, string field, string expected, string got) =>
        new(place with { Field = field }, expected, got);
}
