using Srpo.Core.Errors;

namespace Srpo.Learning.Plugins;

/// <summary>A plug-in cannot be loaded, or one that is needed is not there. The message names it and the remedy.</summary>
/// <param name="kind">Why.</param>
/// <param name="message">For the user.</param>
/// <param name="inner">The cause, or null.</param>
public sealed class PluginException(ErrorKind kind, string message, Exception? inner = null) : SrpoException(kind, message, inner);
