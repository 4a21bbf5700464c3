namespace Srpo.Language.Templates;

/// <summary>A place in a template.</summary>
/// <param name="Line">Line, from 1; 0 where it is not known.</param>
/// <param name="Column">Column, from 1.</param>
public readonly record struct TemplatePlace(int Line, int Column);

/// <summary>An expression.</summary>
/// <param name="Place">Where it begins.</param>
internal abstract record Expression(TemplatePlace Place);

internal sealed record Literal(TemplatePlace Place, object? Value) : Expression(Place);

internal sealed record Variable(TemplatePlace Place, string Name) : Expression(Place);

internal sealed record ListDisplay(TemplatePlace Place, IReadOnlyList<Expression> Items, bool IsTuple) : Expression(Place);

internal sealed record MapDisplay(TemplatePlace Place, IReadOnlyList<(Expression Key, Expression Value)> Items) : Expression(Place);

/// <summary>x.name</summary>
internal sealed record Attribute(TemplatePlace Place, Expression Of, string Name) : Expression(Place);

/// <summary>x[index]</summary>
internal sealed record Item(TemplatePlace Place, Expression Of, Expression Index) : Expression(Place);

/// <summary>x[start:stop:step]</summary>
internal sealed record Slice(TemplatePlace Place, Expression Of, Expression? Start, Expression? Stop, Expression? Step) : Expression(Place);

internal sealed record Arguments(IReadOnlyList<Expression> Positional, IReadOnlyList<(string Name, Expression Value)> Named)
{
    public static readonly Arguments None = new([], []);
}

internal sealed record Call(TemplatePlace Place, Expression Of, Arguments Arguments) : Expression(Place);

/// <summary>x | name(...); without x it is of what a block holds.</summary>
internal sealed record Filter(TemplatePlace Place, Expression? Of, string Name, Arguments Arguments) : Expression(Place);

/// <summary>x is name(...)</summary>
internal sealed record Test(TemplatePlace Place, Expression Of, string Name, Arguments Arguments) : Expression(Place);

internal sealed record Unary(TemplatePlace Place, string Operator, Expression Of) : Expression(Place);

internal sealed record Binary(TemplatePlace Place, string Operator, Expression Left, Expression Right) : Expression(Place);

/// <summary>a &lt; b &lt; c: each with the next, until one fails.</summary>
internal sealed record Comparison(TemplatePlace Place, Expression First, IReadOnlyList<(string Operator, Expression Right)> Rest) : Expression(Place);

/// <summary>a if condition else b; undefined where there is no b.</summary>
internal sealed record Choice(TemplatePlace Place, Expression Condition, Expression Then, Expression? Else) : Expression(Place);

/// <summary>A statement.</summary>
/// <param name="Place">Where it begins.</param>
internal abstract record Statement(TemplatePlace Place);

internal sealed record Output(TemplatePlace Place, string Text) : Statement(Place);

internal sealed record Print(TemplatePlace Place, Expression Value) : Statement(Place);

internal sealed record If(TemplatePlace Place, IReadOnlyList<(Expression Condition, IReadOnlyList<Statement> Body)> Branches, IReadOnlyList<Statement> Else) : Statement(Place);

internal sealed record For(TemplatePlace Place, Target Target, Expression Over, Expression? Condition, IReadOnlyList<Statement> Body, IReadOnlyList<Statement> Else) : Statement(Place);

internal sealed record Break(TemplatePlace Place) : Statement(Place);

internal sealed record Continue(TemplatePlace Place) : Statement(Place);

/// <summary>set target = value.</summary>
internal sealed record Set(TemplatePlace Place, Target Target, Expression Value) : Statement(Place);

/// <summary>A block of text that is a value: through filters into a variable, or where there is none into the output.</summary>
internal sealed record Capture(TemplatePlace Place, Target? Target, Expression? Through, IReadOnlyList<Statement> Body) : Statement(Place);

/// <summary>A part with variables of its own.</summary>
internal sealed record With(TemplatePlace Place, IReadOnlyList<(Target Target, Expression Value)> Variables, IReadOnlyList<Statement> Body) : Statement(Place);

internal sealed record Macro(TemplatePlace Place, string Name, IReadOnlyList<(string Name, Expression? Default)> Parameters, IReadOnlyList<Statement> Body) : Statement(Place);

/// <summary>A call whose caller() is a body.</summary>
internal sealed record CallBlock(TemplatePlace Place, Call Call, Macro Caller) : Statement(Place);

/// <summary>What is given a value: a name, an attribute of a namespace, or several of them.</summary>
/// <param name="Place">Where it begins.</param>
internal abstract record Target(TemplatePlace Place);

internal sealed record NameTarget(TemplatePlace Place, string Name) : Target(Place);

internal sealed record AttributeTarget(TemplatePlace Place, string Namespace, string Name) : Target(Place);

internal sealed record TupleTarget(TemplatePlace Place, IReadOnlyList<Target> Parts) : Target(Place);
