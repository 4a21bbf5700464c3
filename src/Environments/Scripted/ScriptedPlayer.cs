namespace Srpo.Environments;

/// <summary>
/// A player that follows rules written by hand, and that nobody has trained with. It decides from what its seat observes, from the actions that are legal, and from what it has
/// noted down itself in the same episode; it never sees the state of the game. What it plays must depend on nothing else: no clock, no file, no random numbers but those that it
/// is given, so that equal seeds give equal games however many lanes are played beside each other.
/// </summary>
/// <param name="Name">Its name, with which populations are stored: letters, digits, '-', '_' and '.', at most 100 characters. No two players have the same. Never changed.</param>
/// <param name="Description">What it does, one sentence, for people.</param>
/// <param name="Environment">Registered name of the environment that it is for, "gridworld"; null for any.</param>
/// <param name="Create">
/// Makes the rules for a game. Called once for everybody who plays, and what it makes belongs to one thread at a time: it may keep buffers to compute in, and nothing that matters from
/// one turn to another, which belongs into <see cref="ScriptedTurn.Notes"/>, since all seats and lanes of a match are played with the same rules.
/// </param>
public sealed record ScriptedPlayer(string Name, string Description, string? Environment, Func<ScriptedGame, ScriptedRules> Create)
{
    /// <summary>Counts up when the player plays otherwise than before under the same name: what was stored of the earlier one is then refused.</summary>
    public int Rules { get; init; } = 1;

    /// <summary>How observations are written for it; one that the environment offers.</summary>
    public ObservationEncoding Encoding { get; init; }

    /// <summary>How many numbers it notes down from turn to turn in every seat and lane, at least 0; 0 for players without memory.</summary>
    public Func<EnvironmentInfo, int> Notes { get; init; } = _ => 0;

    /// <summary>Why it cannot play a variant of its environment, as the end of a sentence; null if it can.</summary>
    public Func<EnvironmentInfo, string?> Refuses { get; init; } = _ => null;

    /// <summary>What keeps it from playing in an environment; null if it can.</summary>
    /// <param name="info">The environment.</param>
    public string? Misfit(EnvironmentInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        if (Environment is not null && Environment != info.Name) return $"it is for the environment {Environment}";
        return info.ObservationLengths[(int)Encoding] > 0 ? Refuses(info) : $"it observes numbers in the encoding '{Encoding}', which is not offered there";
    }
}

/// <summary>What everybody knows who sits down to play: sizes, names and the rules of the game, and nothing of any episode.</summary>
/// <param name="Info">Sizes and names.</param>
/// <param name="Definition">The full text of the layout or game, as the environment's <see cref="EnvironmentRegistration.Create"/> reads it.</param>
public sealed record ScriptedGame(EnvironmentInfo Info, string Definition);

/// <summary>Decides a turn. It allocates nothing.</summary>
/// <param name="turn">What there is to go by, and where the decision goes.</param>
public delegate void ScriptedRules(ScriptedTurn turn);

/// <summary>A turn of a scripted player: one seat of one lane at one step.</summary>
public readonly ref struct ScriptedTurn
{
    private readonly ref Core.Random.RandomStream _random;

    /// <summary>A turn.</summary>
    /// <param name="seat">The seat.</param>
    /// <param name="observation">[observation length].</param>
    /// <param name="legal">[actions] 1 for legal actions, at least one; 0 for others.</param>
    /// <param name="notes">[notes] read and replaced.</param>
    /// <param name="probabilities">[actions] receives the decision.</param>
    /// <param name="random">The random numbers of this turn.</param>
    public ScriptedTurn(int seat, ReadOnlySpan<float> observation, ReadOnlySpan<byte> legal, Span<float> notes, Span<float> probabilities, ref Core.Random.RandomStream random)
    {
        Seat = seat;
        Observation = observation;
        Legal = legal;
        Notes = notes;
        Probabilities = probabilities;
        _random = ref random;
    }

    /// <summary>The seat that it plays, 0 to Info.Seats - 1.</summary>
    public int Seat { get; }

    /// <summary>[Info.ObservationLength of its encoding] what that seat observes.</summary>
    public ReadOnlySpan<float> Observation { get; }

    /// <summary>[Info.Actions] 1 for the actions that it may take now, at least one; 0 for others. All ones where the environment masks none.</summary>
    public ReadOnlySpan<byte> Legal { get; }

    /// <summary>[its notes] what it has noted down in this seat and lane, to be read and replaced; zeros when an episode begins.</summary>
    public Span<float> Notes { get; }

    /// <summary>
    /// [Info.Actions] the decision: how likely it is to take each action, from which the action is drawn, or the most likely one is taken where policies play greedily. Zeros before; they must be
    /// finite, not negative and add up to 1 over the legal actions. Where a rule says just one action, <see cref="Take"/> writes it.
    /// </summary>
    public Span<float> Probabilities { get; }

    /// <summary>
    /// Random numbers of this seat, lane and step, always the same ones for the same seed. What is drawn anew at every step is better said as <see cref="Probabilities"/>; these are for what is drawn and then
    /// noted down, such as a target to keep to. The first 32 words are used nowhere else.
    /// </summary>
    public ref Core.Random.RandomStream Random => ref _random;

    /// <summary>Takes an action for certain.</summary>
    /// <param name="action">The action.</param>
    public void Take(int action)
    {
        Probabilities.Clear();
        Probabilities[action] = 1;
    }

    /// <summary>Whether an action may be taken.</summary>
    /// <param name="action">The action, 0 to Info.Actions - 1.</param>
    public bool May(int action) => Legal[action] != 0;
}
