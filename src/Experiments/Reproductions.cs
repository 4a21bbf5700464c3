using Srpo.Core.Errors;
using Srpo.Core.Text;

namespace Srpo.Experiments;

/// <summary>A figure, table or statement of the paper, and the commands that compute it again.</summary>
/// <param name="Name">What it is called on the command line, for example "figure-2".</param>
/// <param name="Place">Where it stands in the paper.</param>
/// <param name="Claim">What it says there, a sentence.</param>
/// <param name="Full">Commands without "srpo", one after another.</param>
/// <param name="Quick">The same as a look at the direction.</param>
public sealed record Reproduction(string Name, string Place, string Claim, IReadOnlyList<string> Full, IReadOnlyList<string> Quick)
{
    /// <summary>What to know of it, a sentence; null for nothing.</summary>
    public string? Note { get; init; }

    /// <summary>Other names: of further figures that the same commands compute.</summary>
    public IReadOnlyList<string> OtherNames { get; init; } = [];

    /// <summary>The commands.</summary>
    /// <param name="quick">Whether a look will do.</param>
    public IReadOnlyList<string> Commands(bool quick) => quick ? Quick : Full;
}

/// <summary>What of the paper (arXiv 2602.21515) can be computed again; what came out is in docs/reproduction.md.</summary>
public static class Reproductions
{
    private const string Debates = "The paper's own models: `srpo run debate-gsm8k`, on a GPU and with folders of yours.";

    private static readonly string[] Bounds = ["rqe bound volunteers", "rqe bound volunteers-half"];

    private static readonly string[] Learners = ["run debate-tiny"];

    private static readonly string[] FewLearners = ["run debate-quick"];

    /// <summary>All of them, in the order of the paper.</summary>
    public static IReadOnlyList<Reproduction> All { get; } =
    [
        new("theorem-4.1", "Theorem 4.1", "In aggregative quadratic games more risk aversion raises the shared reward: robustness without loss.", ["rqe check"], ["rqe check"]),
        new("figure-1i", "Fig. 1(i)", "Two robots push one object: reward and utility against risk aversion.", ["run figure-1i"], ["run figure-1i"]),
        new("theorem-4.2", "Theorem 4.2", "With enough risk aversion free-riding is bounded.", ["rqe check", .. Bounds], Bounds),
        new("figure-1ii", "Example 4.2, Fig. 1(ii)", "In the volunteer's game free-riding equilibria merge into one cooperative equilibrium as tau grows.", ["run figure-1ii", "run volunteers-game"], ["run figure-1ii"]),
        new("section-6-time", "Section 6", "SRPO and IPPO take about the same time.", ["bench --only training"], ["bench --only training --quick"]),
        new("figure-2", "Section 6.1, Fig. 2(i), Fig. 2(iii)", "On the gridworld IPPO free-rides and SRPO does not, also with strangers and on layouts that nobody has seen.", ["run overcooked-paper"], ["run overcooked-quick"]) { OtherNames = ["figure-2i", "figure-2iii"] },
        new("figure-2ii", "Fig. 2(ii)", "Over orders of magnitude of tau: a small tau free-rides as IPPO does, a larger one does not.", ["run overcooked-ablation"], ["run overcooked-ablation --seeds 2 --iterations 500"]),
        new("figure-3", "Section 6.2, Fig. 3(i) to (iii)", "In Tag SRPO's chasers are steadier with other teammates and against other runners.", ["run tag"], ["run tag-quick"]) { Note = "The authors' 30 runs of 30 million steps: `srpo run tag-paper`.", OtherNames = ["figure-3i", "figure-3ii", "figure-3iii"] },
        new("figure-4", "Section 6.3, Fig. 4, Fig. 8", "In Hanabi for four SRPO's cross-play is more stable than IPPO's.", ["run hanabi-4p"], ["run hanabi-4p-quick"]) { OtherNames = ["figure-8"] },
        new("figure-7", "Appendix D.4, Fig. 7", "The same in Hanabi for two.", ["run hanabi-2p"], ["run hanabi-2p-quick"]) { Note = "20 million moves a run, also with a policy for every seat, takes hours: `srpo run hanabi-2p-long`." },
        new("table-1", "Section 6.4, Table 1", "Debates: SRPO's joint accuracy is above IPPO's for all pairs of models.", Learners, FewLearners) { Note = Debates },
        new("table-2", "Section 6.4, Table 2", "With an untrained partner SRPO's accuracy is above IPPO's.", Learners, FewLearners) { Note = Debates },
        new("figure-9", "Appendix D.5, Fig. 9 to 12", "Before the debate both methods are equal, after it SRPO's partners are better off.", Learners, FewLearners) { Note = Debates, OtherNames = ["figure-10", "figure-11", "figure-12"] },
        new("figure-13", "Appendix D.6, Fig. 13", "On the gridworld entropy alone does not generalise to other partners.", ["run overcooked-ablation"], ["run overcooked-ablation --seeds 2 --iterations 500"]),
        new("figure-14", "Appendix D.6, Fig. 14", "The same on Tag.", ["run tag-ablation"], ["run tag-ablation --seeds 2 --iterations 60"]),
    ];

    /// <summary>The one of a name.</summary>
    /// <param name="name">One of the names.</param>
    /// <exception cref="SrpoException">There is none; the message lists them and the nearest.</exception>
    public static Reproduction Find(string name) =>
        All.FirstOrDefault(one => one.Name == name || one.OtherNames.Contains(name)) ?? throw new SrpoException(ErrorKind.Usage, NearestName.Unknown("figure", name, [.. All.Select(one => one.Name)]));
}
