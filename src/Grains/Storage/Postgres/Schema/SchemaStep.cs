namespace Srpo.Grains.Storage;

/// <summary>One step of the database's schema. Steps are never changed once released; a later one alters what they made.</summary>
/// <param name="Component">Which part of the schema it belongs to.</param>
/// <param name="Version">Number of the step within its part, from 1.</param>
/// <param name="Description">What it makes.</param>
/// <param name="Sql">The statements.</param>
public sealed record SchemaStep(string Component, int Version, string Description, string Sql);

/// <summary>What was done about a step.</summary>
/// <param name="Step">The step.</param>
/// <param name="Applied">Whether it was applied now; otherwise the database had it.</param>
public sealed record SchemaAction(SchemaStep Step, bool Applied);
