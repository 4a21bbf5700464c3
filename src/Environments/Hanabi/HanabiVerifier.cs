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
    public static RecordingReport Verify(string path) =>
        RecordingVerifier.Verify(path, HanabiRecording.Read(path).Select(game => new Replay(game)), new RecordingComparer());

    /// <summary>One game; a step is a turn.</summary>
    private sealed class Replay : IRecordingReplay
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

        public RecordingPlace Place => _recorded.Place;

        public int Steps => _recorded.Turns.Count;

        public void Start(RecordingComparer comparer)
        {
            comparer.Same("num_moves", _recorded.Moves, _game.Moves.Count);
            comparer.Same("obs_len", _recorded.ObservationLength, _encoder.Length);
            while (_dealt < _state.DealtCards) CompareReceiver(comparer, _dealt / _recorded.Definition.HandSize);
        }

        public void Step(int step, RecordingComparer comparer)
        {
            var turn = _recorded.Turns[step];
            if (_state.End != HanabiEnd.NotFinished)
            {
                comparer.Differ("turns", $"{Text(Steps)} turns", $"the game over after {Text(step)}");
                return;
            }

            comparer.Same("t", turn.Turn, step);
            comparer.Same("player", turn.Player, _state.Mover);
            CompareObservation(comparer, turn.Observation);
            comparer.SameList("legal", turn.Legal, Legal());
            var (mover, action) = (_state.Mover, turn.Action);
            if (HanabiRules.WhyIllegal(_state, action) is { } reason)
            {
                comparer.Differ("uid", Text(action), reason);
                return;
            }

            var reward = HanabiRules.Apply(_state, action);
            var played = _state.LastMove!.Value;
            CompareMove(comparer, turn, played.Move);
            comparer.Same("card", CardText(turn.Card), CardText(played.Card));
            comparer.Same("scored", turn.Scored, played.Scored ? 1 : 0);
            comparer.Same("got_token", turn.GainedToken, played.GainedToken ? 1 : 0);
            comparer.Same("touched", turn.Touched, played.Touched);
            comparer.Same("newly_touched", turn.NewlyTouched, played.NewlyTouched);
            comparer.Same("draw", CardText(turn.Drawn), CardText(played.Drawn));
            comparer.Same("score", turn.Score, _state.Score);
            comparer.Same("reward", turn.Reward, reward);
            comparer.SameList("fireworks", turn.Fireworks, Fireworks());
            comparer.Same("fireworks_sum", turn.FireworksSum, _state.FireworksSum);
            comparer.Same("info", turn.InformationTokens, _state.InformationTokens);
            comparer.Same("life", turn.LifeTokens, _state.LifeTokens);
            comparer.Same("deck", turn.DeckSize, _state.DeckSize);
            comparer.Same("discards", Cards(turn.Discards), Cards(_state.Discards()));
            comparer.Same("end", turn.End, (int)_state.End);
            if (played.Drawn is not null) CompareReceiver(comparer, mover);
        }

        public void End(RecordingComparer comparer)
        {
            var final = _recorded.Final;
            if (_state.End == HanabiEnd.NotFinished) comparer.Differ("turns", $"{Text(Steps)} turns", "a game that goes on after them");
            comparer.Same("deals", _recorded.Receivers.Count, _dealt);

            // What is left is listed by colour, then rank.
            var left = _recorded.Deck.Skip(_dealt).ToList();
            comparer.Same("undealt", Cards(left), Cards(left.OrderBy(card => card.Color).ThenBy(card => card.Rank)));
            comparer.Same("final.num_turns", final.Turns, _state.Turn);
            comparer.Same("final.score", final.Score, _state.Score);
            comparer.SameList("final.fireworks", final.Fireworks, Fireworks());
            comparer.Same("final.fireworks_sum", final.FireworksSum, _state.FireworksSum);
            comparer.Same("final.end", final.End, (int)_state.End);
            comparer.Same("final.end_name", final.EndName, EndName(_state.End));
        }

        /// <summary>The seat that gets the next card.</summary>
        private void CompareReceiver(RecordingComparer comparer, int seat)
        {
            var deal = _dealt++;
            if (deal >= _recorded.Receivers.Count) comparer.Differ("deals", $"{Text(_recorded.Receivers.Count)} cards dealt", "one more");
            else if (_recorded.Receivers[deal] != seat) comparer.Differ($"deals[{Text(deal)}][0]", Text(_recorded.Receivers[deal]), Text(seat));
        }

        private void CompareObservation(RecordingComparer comparer, string recorded)
        {
            if (recorded.Length != _observation.Length)
            {
                comparer.Differ("obs", $"{Text(recorded.Length)} bits", $"{Text(_observation.Length)} bits");
                return;
            }

            _encoder.Write(_state, _state.Mover, _observation);
            for (var i = 0; i < recorded.Length && comparer.Agrees; i++)
            {
                var bit = _observation[i] != 0 ? '1' : '0';
                if (recorded[i] != bit) comparer.Differ($"obs[{Text(i)}] ({new HanabiObservationLayout(_game).Slots()[i].Meaning})", Text(recorded[i]), Text(bit));
            }
        }

        private static void CompareMove(RecordingComparer comparer, HanabiRecordedTurn turn, in HanabiMove move)
        {
            comparer.Same("move.type", turn.MoveType, MoveType(move.Kind));
            comparer.Same("move.card_index", turn.MoveNumbers[0], move.Position);
            comparer.Same("move.target_offset", turn.MoveNumbers[1], move.TargetOffset);
            comparer.Same("move.color", turn.MoveNumbers[2], move.Color);
            comparer.Same("move.rank", turn.MoveNumbers[3], move.Rank);
        }

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

    private static string Cards(IEnumerable<HanabiCard> cards) => $"[{string.Join(",", cards.Select(card => CardText(card)))}]";

    /// <summary>As recordings write it.</summary>
    private static string CardText(HanabiCard? card) => card is { } there ? $"[{Text(there.Color)},{Text(there.Rank)}]" : "null";

    private static string Text<T>(T value) => RecordingComparer.Text(value);
}
