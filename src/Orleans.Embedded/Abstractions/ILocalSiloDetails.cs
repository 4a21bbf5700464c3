namespace Orleans.Runtime;

/// <summary>The identity of this process. The part of the Orleans interface that means something without a cluster.</summary>
public interface ILocalSiloDetails
{
    /// <summary>The name from <see cref="Configuration.SiloOptions"/>, or a made-up one.</summary>
    string Name { get; }

    /// <summary>The configured cluster name; nobody else can be in that cluster.</summary>
    string ClusterId { get; }

    /// <summary>The address of this process.</summary>
    SiloAddress SiloAddress { get; }
}
