using Srpo.Core.Settings;

namespace Srpo.Grains;

/// <summary>Methods as users write them.</summary>
internal static class MethodNames
{
    public static string Of(Method method) => method switch
    {
        Method.Ippo => "ippo",
        Method.Srpo => "srpo",
        Method.PureAdversarial => "pure-adversarial",
        Method.SelfPlay => "self-play",
        Method.FictitiousCoPlay => "fcp",
        _ => method.ToString(),
    };
}
