using Orleans.Runtime;

namespace Srpo.OrleansEmbedded.Calls;

/// <summary>
/// Refuses grains and observers that travel as objects instead of references. Inside one process it would seem to work,
/// but calls would run outside the grain's turns, and on Orleans it fails.
/// </summary>
internal static class ReferenceGuard
{
    public static void CheckArguments(GrainRequest request, int[] places)
    {
        foreach (var place in places)
        {
            var argument = request.GetArgument(place);
            if (argument is not (null or GrainReference))
                throw Error(request.Plan, $"the argument '{request.Plan.Method.GetParameters()[place].Name}'", argument);
        }
    }

    public static ArgumentException Error(MethodPlan plan, string what, object value) => new(
        $"{plan.Name}: {what} is the object {value.GetType()} itself. Pass this.AsReference<T>() for a grain, "
        + "or the reference that CreateObjectReference gave for an observer.");
}
