using System.Globalization;

namespace Srpo.Language.Templates;

/// <summary>Reads a template as Jinja does: which tags there are, and how tightly operators bind.</summary>
internal sealed class TemplateParser
{
    private const int DeepestNesting = 200;

    private static readonly string[] KnownTags = ["break", "call", "continue", "filter", "for", "generation", "if", "macro", "raw", "set", "with"];
    private static readonly string[] Comparisons = ["==", "!=", "<", "<=", ">", ">="];
    private static readonly string[] Additions = ["+", "-"];
    private static readonly string[] Products = ["*", "/", "//", "%"];

    private readonly List<Token> _tokens;
    private int _at;
    private int _depth;
    private int _loops;

    private TemplateParser(List<Token> tokens) => _tokens = tokens;

    private Token Current => _tokens[_at];

    /// <summary>Reads a template.</summary>
    /// <exception cref="TemplateException">It has syntax that is not known, or none at all; with its place.</exception>
    public static IReadOnlyList<Statement> Parse(string source)
    {
        var parser = new TemplateParser(TemplateLexer.Read(source));
        return parser.Body([], out _);
    }

    private static TemplateException Wrong(Token token, string message) => new(message, token.Place);

    private static string Shown(Token token) => token.Kind switch
    {
        TokenKind.End => "the end of the template",
        TokenKind.String => $"the text '{token.Text}'",
        _ => $"'{token.Text}'",
    };

    private bool IsOperator(string text) => Current.Kind == TokenKind.Operator && Current.Text == text;

    private bool IsName(string text) => Current.Kind == TokenKind.Name && Current.Text == text;

    private bool SkipOperator(string text)
    {
        if (!IsOperator(text)) return false;
        _at++;
        return true;
    }

    private bool SkipName(string text)
    {
        if (!IsName(text)) return false;
        _at++;
        return true;
    }

    private void ExpectOperator(string text)
    {
        if (!SkipOperator(text)) throw Wrong(Current, $"here belongs '{text}', not {Shown(Current)}");
    }

    private string ExpectName(string what)
    {
        if (Current.Kind != TokenKind.Name) throw Wrong(Current, $"here belongs {what}, not {Shown(Current)}");
        return _tokens[_at++].Text;
    }

    private void ExpectBlockEnd()
    {
        if (Current.Kind != TokenKind.BlockEnd) throw Wrong(Current, $"here belongs %}}, not {Shown(Current)}");
        _at++;
    }

    /// <summary>Statements up to a tag that ends them; the tag is read up to behind its name.</summary>
    private List<Statement> Body(string[] ends, out string end)
    {
        using var _ = Deeper();
        var opened = _at > 0 ? _tokens[_at - 1] : Current;
        var body = new List<Statement>();
        while (true)
        {
            var token = Current;
            switch (token.Kind)
            {
                case TokenKind.End when ends.Length == 0:
                    end = "";
                    return body;
                case TokenKind.End:
                    throw Wrong(opened, $"what begins here is not closed; close it with {{% {ends[^1]} %}}");
                case TokenKind.Text:
                    _at++;
                    body.Add(new Output(token.Place, token.Text));
                    break;
                case TokenKind.PrintStart:
                    _at++;
                    body.Add(new Print(token.Place, Tuple()));
                    if (Current.Kind != TokenKind.PrintEnd) throw Wrong(Current, $"here belongs }}}}, not {Shown(Current)}");
                    _at++;
                    break;
                default:
                    _at++;
                    var name = Current;
                    var tag = ExpectName("the name of a tag");
                    if (ends.Contains(tag))
                    {
                        end = tag;
                        return body;
                    }

                    body.AddRange(Statement(tag, name));
                    break;
            }
        }
    }

    private List<Statement> ClosedBody(string end)
    {
        var body = Body([end], out _);
        ExpectBlockEnd();
        return body;
    }

    private IEnumerable<Statement> Statement(string tag, Token name)
    {
        switch (tag)
        {
            case "if":
                return [IfStatement(name.Place)];
            case "for":
                return [ForStatement(name.Place)];
            case "set":
                return [SetStatement(name.Place)];
            case "macro":
                return [MacroStatement(name.Place)];
            case "call":
                return [CallStatement(name.Place)];
            case "with":
                return [WithStatement(name.Place)];
            case "filter":
                var through = Filters(null, requireFirst: true);
                ExpectBlockEnd();
                return [new Capture(name.Place, null, through, ClosedBody("endfilter"))];
            case "generation":
                // Marks what the assistant said, for masks; the text is the same.
                ExpectBlockEnd();
                return ClosedBody("endgeneration");
            case "break" or "continue":
                if (_loops == 0) throw Wrong(name, $"{tag} belongs within a loop");
                ExpectBlockEnd();
                return [tag == "break" ? new Break(name.Place) : new Continue(name.Place)];
            case "elif" or "else" or "endif" or "endfor" or "endset" or "endmacro" or "endcall" or "endfilter" or "endwith" or "endgeneration" or "endraw":
                throw Wrong(name, $"{tag} belongs to nothing that is open here");
            default:
                throw Wrong(name, $"the tag '{tag}' is not known; known are {string.Join(", ", KnownTags)}");
        }
    }

    private If IfStatement(TemplatePlace place)
    {
        var branches = new List<(Expression, IReadOnlyList<Statement>)>();
        while (true)
        {
            var condition = Tuple(withChoice: true);
            ExpectBlockEnd();
            var body = Body(["elif", "else", "endif"], out var end);
            branches.Add((condition, body));
            if (end == "elif") continue;
            ExpectBlockEnd();
            return new If(place, branches, end == "else" ? ClosedBody("endif") : []);
        }
    }

    private For ForStatement(TemplatePlace place)
    {
        var target = TargetList(allowAttribute: false);
        if (!SkipName("in")) throw Wrong(Current, $"here belongs 'in', not {Shown(Current)}");
        var over = Tuple(withChoice: false);
        var condition = SkipName("if") ? Expression() : null;
        if (IsName("recursive")) throw Wrong(Current, "recursive loops are not known");
        ExpectBlockEnd();
        _loops++;
        var body = Body(["else", "endfor"], out var end);
        _loops--;
        ExpectBlockEnd();
        return new For(place, target, over, condition, body, end == "else" ? ClosedBody("endfor") : []);
    }

    private Statement SetStatement(TemplatePlace place)
    {
        var target = TargetList(allowAttribute: true);
        if (SkipOperator("="))
        {
            var value = Tuple();
            ExpectBlockEnd();
            return new Set(place, target, value);
        }

        var through = IsOperator("|") ? Filters(null, requireFirst: false) : null;
        ExpectBlockEnd();
        return new Capture(place, target, through, ClosedBody("endset"));
    }

    private With WithStatement(TemplatePlace place)
    {
        var variables = new List<(Target, Expression)>();
        while (Current.Kind != TokenKind.BlockEnd)
        {
            if (variables.Count > 0) ExpectOperator(",");
            var target = OneTarget(allowAttribute: false);
            ExpectOperator("=");
            variables.Add((target, Expression()));
        }

        ExpectBlockEnd();
        return new With(place, variables, ClosedBody("endwith"));
    }

    private Macro MacroStatement(TemplatePlace place)
    {
        var name = ExpectName("the name of the macro");
        var parameters = Parameters();
        ExpectBlockEnd();
        return new Macro(place, name, parameters, BodyWithoutLoops("endmacro"));
    }

    private CallBlock CallStatement(TemplatePlace place)
    {
        var parameters = IsOperator("(") ? Parameters() : [];
        var at = Current;
        if (Unary(withFilters: true) is not Call call) throw Wrong(at, "here belongs the call of a macro");
        ExpectBlockEnd();
        return new CallBlock(place, call, new Macro(place, "caller", parameters, BodyWithoutLoops("endcall")));
    }

    /// <summary>A body that a loop around it cannot be left from.</summary>
    private List<Statement> BodyWithoutLoops(string end)
    {
        var loops = _loops;
        _loops = 0;
        var body = ClosedBody(end);
        _loops = loops;
        return body;
    }

    private List<(string, Expression?)> Parameters()
    {
        var parameters = new List<(string, Expression?)>();
        ExpectOperator("(");
        while (!SkipOperator(")"))
        {
            if (parameters.Count > 0) ExpectOperator(",");
            if (SkipOperator(")")) break;
            var at = Current;
            var name = ExpectName("the name of a parameter");
            var value = SkipOperator("=") ? Expression() : null;
            if (value is null && parameters.Count > 0 && parameters[^1].Item2 is not null) throw Wrong(at, $"the parameter {name} without a default follows one with a default");
            parameters.Add((name, value));
        }

        return parameters;
    }

    private Target TargetList(bool allowAttribute)
    {
        var place = Current.Place;
        var first = OneTarget(allowAttribute);
        if (!IsOperator(",")) return first;
        var parts = new List<Target> { first };
        while (SkipOperator(","))
        {
            if (Current.Kind != TokenKind.Name && !IsOperator("(") || IsName("in")) break;
            parts.Add(OneTarget(allowAttribute: false));
        }

        return new TupleTarget(place, parts);
    }

    private Target OneTarget(bool allowAttribute)
    {
        var place = Current.Place;
        if (SkipOperator("("))
        {
            var inner = TargetList(allowAttribute: false);
            ExpectOperator(")");
            return inner;
        }

        var token = Current;
        var name = ExpectName("the name of a variable");
        if (name is "true" or "false" or "none" or "True" or "False" or "None") throw Wrong(token, $"{name} is a value and cannot be given another");
        return allowAttribute && SkipOperator(".") ? new AttributeTarget(place, name, ExpectName("the name of an attribute")) : new NameTarget(place, name);
    }

    /// <summary>One expression, or several with commas between them, which are a tuple.</summary>
    private Expression Tuple(bool withChoice = true)
    {
        var place = Current.Place;
        var first = withChoice ? Expression() : Or();
        if (!IsOperator(",")) return first;
        var items = new List<Expression> { first };
        while (SkipOperator(","))
        {
            if (Current.Kind is TokenKind.BlockEnd or TokenKind.PrintEnd || IsOperator(")")) break;
            items.Add(withChoice ? Expression() : Or());
        }

        return new ListDisplay(place, items, IsTuple: true);
    }

    private Expression Expression()
    {
        using var _ = Deeper();
        var value = Or();
        while (Current.Kind == TokenKind.Name && Current.Text == "if")
        {
            var place = Current.Place;
            _at++;
            var condition = Or();
            value = new Choice(place, condition, value, SkipName("else") ? Expression() : null);
        }

        return value;
    }

    private Expression Or()
    {
        var left = And();
        while (IsName("or")) left = new Binary(_tokens[_at++].Place, "or", left, And());
        return left;
    }

    private Expression And()
    {
        var left = Not();
        while (IsName("and")) left = new Binary(_tokens[_at++].Place, "and", left, Not());
        return left;
    }

    private Expression Not()
    {
        if (!IsName("not")) return Compare();
        using var _ = Deeper();
        return new Unary(_tokens[_at++].Place, "not", Not());
    }

    private Expression Compare()
    {
        var first = Chain(Additions, Concatenation);
        var rest = new List<(string, Expression)>();
        var place = Current.Place;
        while (true)
        {
            string name;
            if (Current.Kind == TokenKind.Operator && Comparisons.Contains(Current.Text)) name = Current.Text;
            else if (IsName("in")) name = "in";
            else if (IsName("not") && _tokens[_at + 1] is { Kind: TokenKind.Name, Text: "in" }) name = "not in";
            else break;
            _at += name == "not in" ? 2 : 1;
            rest.Add((name, Chain(Additions, Concatenation)));
        }

        return rest.Count == 0 ? first : new Comparison(place, first, rest);
    }

    private Expression Concatenation() => Chain(["~"], () => Chain(Products, () => Chain(["**"], () => Unary(withFilters: true))));

    private Expression Chain(string[] operators, Func<Expression> part)
    {
        var left = part();
        while (Current.Kind == TokenKind.Operator && operators.Contains(Current.Text))
        {
            var token = _tokens[_at++];
            left = new Binary(token.Place, token.Text, left, part());
        }

        return left;
    }

    private Expression Unary(bool withFilters)
    {
        using var _ = Deeper();
        var token = Current;
        var value = IsOperator("-") || IsOperator("+") ? Signed() : Postfix(Primary());
        return withFilters ? Filters(Postfix(value), requireFirst: false) : value;

        Expression Signed()
        {
            _at++;
            return new Unary(token.Place, token.Text, Unary(withFilters: false));
        }
    }

    private Expression Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                _at++;
                return token.Text switch
                {
                    "true" or "True" => new Literal(token.Place, true),
                    "false" or "False" => new Literal(token.Place, false),
                    "none" or "None" => new Literal(token.Place, null),
                    _ => new Variable(token.Place, token.Text),
                };
            case TokenKind.String:
                var text = "";
                while (Current.Kind == TokenKind.String) text += _tokens[_at++].Text;
                return new Literal(token.Place, text);
            case TokenKind.Integer:
                _at++;
                return long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole)
                    ? new Literal(token.Place, whole)
                    : throw Wrong(token, $"{token.Text} is too large; whole numbers have up to 18 digits here");
            case TokenKind.Float:
                _at++;
                return new Literal(token.Place, double.Parse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture));
        }

        if (SkipOperator("("))
        {
            if (SkipOperator(")")) return new ListDisplay(token.Place, [], IsTuple: true);
            var inner = Tuple();
            ExpectOperator(")");
            return inner;
        }

        if (SkipOperator("[")) return new ListDisplay(token.Place, Items("]", Expression), IsTuple: false);
        if (SkipOperator("{"))
        {
            return new MapDisplay(token.Place, Items("}", () =>
            {
                var key = Expression();
                ExpectOperator(":");
                return (key, Expression());
            }));
        }

        throw Wrong(token, $"here belongs a value, not {Shown(token)}");
    }

    private List<T> Items<T>(string close, Func<T> item)
    {
        var items = new List<T>();
        while (!SkipOperator(close))
        {
            if (items.Count > 0) ExpectOperator(",");
            if (SkipOperator(close)) break;
            items.Add(item());
        }

        return items;
    }

    private Expression Postfix(Expression value)
    {
        while (true)
        {
            var place = Current.Place;
            if (SkipOperator("."))
            {
                var token = _tokens[_at++];
                value = token.Kind switch
                {
                    TokenKind.Name => new Attribute(place, value, token.Text),
                    TokenKind.Integer => new Item(place, value, new Literal(token.Place, long.Parse(token.Text, CultureInfo.InvariantCulture))),
                    _ => throw Wrong(token, $"here belongs the name of an attribute, not {Shown(token)}"),
                };
            }
            else if (SkipOperator("["))
            {
                value = Subscript(place, value);
            }
            else if (IsOperator("("))
            {
                value = new Call(place, value, CallArguments());
            }
            else
            {
                return value;
            }
        }
    }

    private Expression Subscript(TemplatePlace place, Expression value)
    {
        var first = IsOperator(":") ? null : Expression();
        if (!SkipOperator(":"))
        {
            ExpectOperator("]");
            return new Item(place, value, first!);
        }

        var stop = IsOperator("]") || IsOperator(":") ? null : Expression();
        var step = SkipOperator(":") && !IsOperator("]") ? Expression() : null;
        ExpectOperator("]");
        return new Slice(place, value, first, stop, step);
    }

    private Arguments CallArguments()
    {
        ExpectOperator("(");
        var (positional, named) = (new List<Expression>(), new List<(string, Expression)>());
        while (!SkipOperator(")"))
        {
            if (positional.Count + named.Count > 0) ExpectOperator(",");
            if (SkipOperator(")")) break;
            if (IsOperator("*") || IsOperator("**")) throw Wrong(Current, "lists spread into arguments are not known; write the arguments out");
            if (Current.Kind == TokenKind.Name && _tokens[_at + 1] is { Kind: TokenKind.Operator, Text: "=" })
            {
                var name = Current.Text;
                _at += 2;
                named.Add((name, Expression()));
            }
            else
            {
                if (named.Count > 0) throw Wrong(Current, "an argument without a name follows one with a name");
                positional.Add(Expression());
            }
        }

        return new Arguments(positional, named);
    }

    /// <summary>Filters, tests and calls behind a value; of a block, whose value comes later, filters alone.</summary>
    private Expression Filters(Expression? value, bool requireFirst)
    {
        while (true)
        {
            var token = Current;
            if (requireFirst || SkipOperator("|"))
            {
                requireFirst = false;
                token = Current;
                var name = ExpectName("the name of a filter");
                if (!TemplateFilters.IsKnown(name)) throw Wrong(token, TemplateFilters.Unknown(name));
                value = new Filter(token.Place, value, name, IsOperator("(") ? CallArguments() : Arguments.None);
            }
            else if (value is not null && SkipName("is"))
            {
                value = TestOf(value);
            }
            else if (value is not null && IsOperator("("))
            {
                value = new Call(token.Place, value, CallArguments());
            }
            else
            {
                return value!;
            }
        }
    }

    private Expression TestOf(Expression value)
    {
        var negated = SkipName("not");
        var token = Current;
        var name = ExpectName("the name of a test");
        if (!TemplateTests.IsKnown(name)) throw Wrong(token, TemplateTests.Unknown(name));
        var arguments = Arguments.None;
        if (IsOperator("(")) arguments = CallArguments();
        else if (Current.Kind is TokenKind.String or TokenKind.Integer or TokenKind.Float || IsOperator("[") || IsOperator("{") || Current.Kind == TokenKind.Name && Current.Text is not ("else" or "or" or "and" or "is" or "if" or "in" or "not"))
            arguments = new Arguments([Postfix(Primary())], []);
        Expression test = new Test(token.Place, value, name, arguments);
        return negated ? new Unary(token.Place, "not", test) : test;
    }

    private Nesting Deeper()
    {
        if (++_depth > DeepestNesting) throw Wrong(Current, $"expressions and tags lie more than {DeepestNesting} deep in each other");
        return new Nesting(this);
    }

    private readonly struct Nesting(TemplateParser parser) : IDisposable
    {
        public void Dispose() => parser._depth--;
    }
}
