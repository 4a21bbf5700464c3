namespace Orleans.Configuration;

/// <summary>The name of this process. As in Orleans.</summary>
public class SiloOptions
{
    /// <summary>The name; a made-up one by default.</summary>
    public string? SiloName { get; set; }
}
