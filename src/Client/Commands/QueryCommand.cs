using System.CommandLine;
using Srpo.Client.Cli;
using Srpo.Client.Output;
using Srpo.Core.Settings;
using Srpo.Experiments.Runs;
using Srpo.Grains.Interfaces;

namespace Srpo.Client.Commands;

/// <summary>`srpo query`: ask any grain for its state, while it works and afterwards.</summary>
internal static class QueryCommand
{
    public static Command Create(Shell shell)
    {
        var query = new Command("query", "Ask a coordinator, agent, adversary, environment, learner, tournament or silo for its state.");
        Add("coordinator", "POPULATION", "A population: where it stands, and its teams.", CheckName, QueryViews.CoordinatorAsync);
        Add("agent", "POPULATION/TEAM/SEAT", "An agent: versions, network, measures of its last update.", CheckMember,
            (context, state, key) => QueryViews.ActorAsync(context, state, ActorKind.Agent, key), CommandExtensions.AllowOlder);
        Add("adversary", "POPULATION/TEAM/SEAT", "The adversary that an agent trains with.", CheckMember,
            (context, state, key) => QueryViews.ActorAsync(context, state, ActorKind.Adversary, key), CommandExtensions.AllowOlder);
        Add("environment", "POPULATION/TEAM/INSTANCE", "An environment instance: its last rollout, and a drawing.", CheckMember, QueryViews.EnvironmentAsync);
        AddLive("learner", "DEVICE/SLOT", "A learner of the process that trains now, for example cpu/0; on a cluster DEVICE/SLOT/SILO.", key => GrainKeys.ParseLearner(key), QueryViews.LearnerAsync);
        Add("tournament", "TOURNAMENT", "A tournament: how much is played.", CheckName, QueryViews.TournamentAsync);
        AddLive("silo", "SILO", "A silo of a cluster: its load and what is trained there; `cluster status` lists them.", key => GrainKeys.CheckSilo(key), QueryViews.SiloAsync);
        return query;

        void Add(string kind, string keyName, string description, Action<string> check, Func<CommandContext, IStateReader, string, Task<int>> view, params Option[] options) =>
            AddCommand(kind, keyName, description, check, (context, key) => context.WithStateAsync(state => view(context, state, key)), options);

        // What is not stored: of a process, not of what it trains.
        void AddLive(string kind, string keyName, string description, Action<string> check, Func<CommandContext, IGrainSession, string, Task<int>> view) =>
            AddCommand(kind, keyName, description, check, (context, key) => context.WithGrainsToReadAsync(session => view(context, session, key)));

        void AddCommand(string kind, string keyName, string description, Action<string> check, Func<CommandContext, string, Task<int>> run, params Option[] options)
        {
            var key = new Argument<string>(keyName) { Description = "Its key." };
            var command = new Command(kind, description) { key };
            foreach (var option in options) command.Add(option);
            query.Add(command.Handle(shell, context =>
            {
                var value = context.Get(key);
                check(value);
                return run(context, value);
            }));
        }
    }

    private static void CheckName(string key) => GrainKeys.CheckName(key);

    private static void CheckMember(string key) => GrainKeys.ParseMember(key);
}
