using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Srpo.Language.Templates;

/// <summary>The loop that a template is in.</summary>
internal sealed class LoopState(IReadOnlyList<object?> items)
{
    private object? _last = new Undefined("what was before the loop");

    /// <summary>The place of the current item, from 0.</summary>
    public int Index { get; set; }

    /// <summary>What a template can ask of it.</summary>
    public object? Attribute(string name) => name switch
    {
        "index0" => (long)Index,
        "index" => Index + 1L,
        "revindex0" => items.Count - 1L - Index,
        "revindex" => (long)items.Count - Index,
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        "previtem" => Index > 0 ? items[Index - 1] : new Undefined("the item before the first"),
        "nextitem" => Index + 1 < items.Count ? items[Index + 1] : new Undefined("the item behind the last"),
        // They count how deep a recursive loop is in itself.
        "depth0" => 0L,
        "depth" => 1L,
        "cycle" => new TemplateFunction("cycle", arguments => arguments.Positional.Count > 0 ? arguments.Positional[Index % arguments.Positional.Count] : throw new TemplateProblem("cycle needs values")),
        "changed" => new TemplateFunction("changed", arguments =>
        {
            var now = new TemplateTuple([.. arguments.Positional]);
            var changed = !TemplateValues.AreEqual(_last, now);
            _last = now;
            return changed;
        }),
        _ => new Undefined($"'{name}' of the loop"),
    };
}

/// <summary>
/// Renders a template. Bounded in steps, in depth and in how much text it builds, so that none runs for ever or fills the memory.
/// </summary>
internal sealed class TemplateInterpreter
{
    /// <summary>Most characters of a text.</summary>
    private const int LongestText = 1 << 25;

    /// <summary>Most steps: evaluated parts, items walked over, and 64 characters of text that are built.</summary>
    private const long MostSteps = 20_000_000;

    private const int DeepestCalls = 100;
    private const int DeepestExpression = 2000;
    private const long LongestRange = 100_000;

    [ThreadStatic]
    private static TemplateInterpreter? _current;

    private readonly Dictionary<string, object?> _globals = new(StringComparer.Ordinal);
    private long _steps;
    private int _calls;
    private int _depth;
    private StringBuilder _output = new();

    private TemplateInterpreter(DateTimeOffset? now)
    {
        _globals["range"] = new TemplateFunction("range", Range);
        _globals["dict"] = new TemplateFunction("dict", Dictionary);
        _globals["namespace"] = new TemplateFunction("namespace", MakeNamespace);
        _globals["raise_exception"] = new TemplateFunction("raise_exception", arguments => throw new TemplateRefusal(TemplateValues.Text(arguments.Get(0, "message"))));
        if (now is { } time) _globals["strftime_now"] = new TemplateFunction("strftime_now", arguments => TemplateTime.Format(time, TemplateValues.Text(arguments.Get(0, "format"))));
    }

    /// <summary>How a body ended.</summary>
    private enum Flow
    {
        Next,
        Break,
        Continue,
    }

    /// <summary>The one that renders on this thread.</summary>
    public static TemplateInterpreter Current => _current ?? throw new InvalidOperationException("no template is being rendered");

    /// <summary>Renders a template.</summary>
    /// <param name="body">The template.</param>
    /// <param name="variables">What it is given, as template values.</param>
    /// <param name="now">What strftime_now says; null where there is no such function.</param>
    /// <exception cref="TemplateException">It cannot be rendered; with the place.</exception>
    public static string Render(IReadOnlyList<Statement> body, IReadOnlyDictionary<string, object?> variables, DateTimeOffset? now)
    {
        var outer = _current;
        var interpreter = new TemplateInterpreter(now);
        try
        {
            _current = interpreter;
            var scope = new Scope(null);
            foreach (var (name, value) in interpreter._globals) scope.Set(name, value);
            foreach (var (name, value) in variables) scope.Set(name, value);
            interpreter.Run(body, new Scope(scope));
            return interpreter._output.ToString();
        }
        finally
        {
            _current = outer;
        }
    }

    /// <summary>Counts steps.</summary>
    /// <exception cref="TemplateProblem">There were too many.</exception>
    public void Charge(long steps)
    {
        _steps += steps;
        if (_steps > MostSteps) throw new TemplateProblem($"the template takes more than {MostSteps} steps; does it ever end?");
    }

    /// <summary>Refuses a text before it is built.</summary>
    public void RequireRoom(long characters)
    {
        if (characters > LongestText) throw new TemplateProblem($"a text would have {characters} characters; at most {LongestText} are built");
        Charge(characters / 64);
    }

    /// <summary>A text that was built.</summary>
    public string Produced(string text)
    {
        RequireRoom(text.Length);
        return text;
    }

    /// <summary>A text many times.</summary>
    public string Repeat(string text, long times)
    {
        if (times <= 0 || text.Length == 0) return "";
        RequireRoom(times > LongestText ? long.MaxValue : text.Length * times);
        return new StringBuilder(text.Length * (int)times).Insert(0, text, (int)times).ToString();
    }

    /// <summary>Texts with one between them.</summary>
    public string Joined(string separator, IEnumerable<string> parts)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            if (text.Length + (long)separator.Length + part.Length > LongestText) RequireRoom(long.MaxValue);
            text.Append(part).Append(separator);
        }

        if (text.Length > 0) text.Length -= separator.Length;
        return Produced(text.ToString());
    }

    /// <summary>Two values and an operator of arithmetic.</summary>
    public object? Operate(string name, object? left, object? right)
    {
        if (TemplateValues.Unusable(left) is { } problem) throw new TemplateProblem(problem);
        if (TemplateValues.Unusable(right) is { } other) throw new TemplateProblem(other);
        if (TemplateValues.AsNumber(left) is { } a && TemplateValues.AsNumber(right) is { } b)
            return left is not double && right is not double && name != "/" ? Whole(name, TemplateValues.Whole(left), TemplateValues.Whole(right)) : Real(name, a, b);
        switch (name, left, right)
        {
            case ("+", string x, string y):
                RequireRoom((long)x.Length + y.Length);
                return x + y;
            case ("+", List<object?> x, List<object?> y):
                Charge(x.Count + y.Count);
                return new List<object?>([.. x, .. y]);
            case ("+", TemplateTuple x, TemplateTuple y):
                Charge(x.Items.Count + y.Items.Count);
                return new TemplateTuple([.. x.Items, .. y.Items]);
            case ("*", string x, long times):
                return Repeat(x, times);
            case ("*", long times, string x):
                return Repeat(x, times);
            case ("*", List<object?> x, long times):
                return Repeat(x, times);
            case ("*", long times, List<object?> x):
                return Repeat(x, times);
            default:
                throw new TemplateProblem($"{TemplateValues.KindOf(left)} {name} {TemplateValues.KindOf(right)} has no meaning{(name == "+" && (left is string || right is string) ? "; to join any values as text write ~" : "")}");
        }
    }

    private static object Whole(string name, long left, long right)
    {
        try
        {
            checked
            {
                switch (name)
                {
                    case "+":
                        return left + right;
                    case "-":
                        return left - right;
                    case "*":
                        return left * right;
                    case "**" when right < 0:
                        return Real(name, left, right);
                    case "**":
                        long power = 1;
                        // Beyond 64 factors only these do not overflow.
                        if (left is 0 or 1 or -1) return right == 0 ? 1L : left == -1 && right % 2 == 0 ? 1L : left;
                        for (var i = 0L; i < right; i++) power *= left;
                        return power;
                    default:
                        if (right == 0) throw new TemplateProblem("division by zero");
                        var (quotient, rest) = Math.DivRem(left, right);
                        var down = rest != 0 && rest < 0 != right < 0;
                        return name == "//" ? (down ? quotient - 1 : quotient) : down ? rest + right : rest;
                }
            }
        }
        catch (OverflowException)
        {
            throw new TemplateProblem($"{left} {name} {right} has more digits than numbers have here");
        }
    }

    private static double Real(string name, double left, double right)
    {
        if (name is "/" or "//" or "%" && right == 0) throw new TemplateProblem("division by zero");
        var rest = name == "%" ? left % right : 0;
        return name switch
        {
            "+" => left + right,
            "-" => left - right,
            "*" => left * right,
            "/" => left / right,
            "//" => Math.Floor(left / right),
            "%" => rest != 0 && rest < 0 != right < 0 ? rest + right : rest,
            _ => Math.Pow(left, right),
        };
    }

    private List<object?> Repeat(List<object?> list, long times)
    {
        if (times <= 0 || list.Count == 0) return [];
        Charge(times > MostSteps ? MostSteps + 1 : list.Count * times);
        return [.. Enumerable.Repeat(list, (int)times).SelectMany(items => items)];
    }

    private object? Range(CallValues arguments)
    {
        if (arguments.Named.Count > 0 || arguments.Positional.Count is < 1 or > 3) throw new TemplateProblem("range takes 1 to 3 numbers: an end, or a start, an end and a step");
        var numbers = arguments.Positional.Select(TemplateValues.Whole).ToArray();
        var (start, end, step) = numbers.Length == 1 ? (0, numbers[0], 1) : (numbers[0], numbers[1], numbers.Length == 3 ? numbers[2] : 1);
        if (step == 0) throw new TemplateProblem("the step of a range is 0");
        var count = Math.Max(0, Math.Ceiling(((double)end - start) / step));
        if (count > LongestRange) throw new TemplateProblem($"the range has {count.ToString("0", CultureInfo.InvariantCulture)} numbers; at most {LongestRange} are known");
        Charge((long)count);
        var items = new List<object?>();
        for (var i = 0; i < count; i++) items.Add(start + i * step);
        return items;
    }

    private static object? Dictionary(CallValues arguments)
    {
        var map = new TemplateMap();
        foreach (var given in arguments.Positional)
        {
            if (given is not TemplateMap first) throw new TemplateProblem($"dict takes a map or named values, not {TemplateValues.KindOf(given)}");
            foreach (var (key, value) in first) map[TemplateMap.Plain(key)] = value;
        }

        foreach (var (name, value) in arguments.Named) map[name] = value;
        return map;
    }

    private static object? MakeNamespace(CallValues arguments)
    {
        var space = new TemplateNamespace();
        foreach (var given in arguments.Positional)
        {
            if (given is not TemplateMap first) throw new TemplateProblem($"namespace takes a map or named values, not {TemplateValues.KindOf(given)}");
            foreach (var (key, value) in first) space.Attributes[TemplateValues.Text(TemplateMap.Plain(key))] = value;
        }

        foreach (var (name, value) in arguments.Named) space.Attributes[name] = value;
        return space;
    }

    private Flow Run(IReadOnlyList<Statement> body, Scope scope)
    {
        foreach (var statement in body)
        {
            try
            {
                Charge(1);
                var flow = Run(statement, scope);
                if (flow != Flow.Next) return flow;
            }
            catch (TemplateProblem problem)
            {
                throw new TemplateException(problem.Message, statement.Place);
            }
        }

        return Flow.Next;
    }

    private Flow Run(Statement statement, Scope scope)
    {
        switch (statement)
        {
            case Output output:
                Write(output.Text);
                break;
            case Print print:
                Write(TemplateValues.Text(Evaluate(print.Value, scope)));
                break;
            case If branches:
                foreach (var (condition, body) in branches.Branches)
                {
                    if (TemplateValues.IsTrue(Evaluate(condition, scope))) return Run(body, scope);
                }

                return Run(branches.Else, scope);
            case For loop:
                return Loop(loop, scope);
            case Break:
                return Flow.Break;
            case Continue:
                return Flow.Continue;
            case Set assignment:
                Assign(assignment.Target, Evaluate(assignment.Value, scope), scope);
                break;
            case Capture capture:
                object? text = Captured(() => Run(capture.Body, new Scope(scope)));
                if (capture.Through is not null) text = Evaluate(capture.Through, new Scope(scope) { Block = text });
                if (capture.Target is null) Write(TemplateValues.Text(text));
                else Assign(capture.Target, text, scope);
                break;
            case With part:
                var inner = new Scope(scope);
                foreach (var (target, value) in part.Variables) Assign(target, Evaluate(value, scope), inner);
                return Run(part.Body, inner);
            case Macro macro:
                scope.Set(macro.Name, Function(macro, scope));
                break;
            case CallBlock block:
                Write(TemplateValues.Text(Evaluate(block.Call, scope, Function(block.Caller, scope))));
                break;
            default:
                throw new InvalidOperationException($"no statement: {statement}");
        }

        return Flow.Next;
    }

    private void Write(string text)
    {
        RequireRoom((long)_output.Length + text.Length);
        _output.Append(text);
    }

    private string Captured(Action write)
    {
        var outer = _output;
        _output = new StringBuilder();
        try
        {
            write();
            return _output.ToString();
        }
        finally
        {
            _output = outer;
        }
    }

    private Flow Loop(For loop, Scope scope)
    {
        var items = TemplateValues.Items(Evaluate(loop.Over, scope));
        if (loop.Condition is { } condition)
        {
            items = [.. items.Where(item =>
            {
                Charge(1);
                var trial = new Scope(scope);
                Assign(loop.Target, item, trial);
                return TemplateValues.IsTrue(Evaluate(condition, trial));
            })];
        }

        if (items.Count == 0) return Run(loop.Else, scope);
        var state = new LoopState(items);
        for (; state.Index < items.Count; state.Index++)
        {
            Charge(1);
            var inner = new Scope(scope);
            inner.Set("loop", state);
            Assign(loop.Target, items[state.Index], inner);
            if (Run(loop.Body, inner) == Flow.Break) break;
        }

        return Flow.Next;
    }

    private static void Assign(Target target, object? value, Scope scope)
    {
        switch (target)
        {
            case NameTarget name:
                scope.Set(name.Name, value);
                break;
            case AttributeTarget attribute:
                if (scope.Get(attribute.Namespace) is not TemplateNamespace space) throw new TemplateException($"'{attribute.Namespace}' is no namespace, and only a namespace's attributes can be set; make one by namespace()", target.Place);
                space.Attributes[attribute.Name] = value;
                break;
            case TupleTarget tuple:
                var items = TemplateValues.Items(value);
                if (items.Count != tuple.Parts.Count) throw new TemplateException($"{items.Count} values for {tuple.Parts.Count} names", target.Place);
                for (var i = 0; i < items.Count; i++) Assign(tuple.Parts[i], items[i], scope);
                break;
        }
    }

    private TemplateFunction Function(Macro macro, Scope definition) => new(macro.Name, arguments =>
    {
        if (++_calls > DeepestCalls) throw new TemplateProblem($"macros call each other more than {DeepestCalls} deep");
        var scope = new Scope(definition);
        var parameters = macro.Parameters;
        if (arguments.Named.FirstOrDefault(given => given.Key != "caller" && parameters.All(parameter => parameter.Name != given.Key)).Key is { } unknown) throw new TemplateProblem($"the macro {macro.Name} has no parameter '{unknown}'");
        if (arguments.Positional.Count > parameters.Count) throw new TemplateProblem($"the macro {macro.Name} has {parameters.Count} parameters, and is given {arguments.Positional.Count} values");
        if (arguments.Named.TryGetValue("caller", out var caller)) scope.Set("caller", caller);
        for (var i = 0; i < parameters.Count; i++)
        {
            var (name, fallback) = parameters[i];
            scope.Set(name, arguments.Has(i, name) ? arguments.Get(i, name) : fallback is null ? new Undefined($"the parameter '{name}'") : Evaluate(fallback, scope));
        }

        var text = Captured(() => Run(macro.Body, scope));
        _calls--;
        return text;
    });

    private object? Evaluate(Expression expression, Scope scope, TemplateFunction? caller = null)
    {
        try
        {
            Charge(1);
            if (++_depth > DeepestExpression || !RuntimeHelpers.TryEnsureSufficientExecutionStack()) throw new TemplateProblem("expressions lie too deep in each other; set parts of them as variables");
            return Value(expression, scope, caller);
        }
        catch (TemplateProblem problem)
        {
            throw new TemplateException(problem.Message, expression.Place);
        }
        finally
        {
            _depth--;
        }
    }

    private object? Value(Expression expression, Scope scope, TemplateFunction? caller)
    {
        switch (expression)
        {
            case Literal literal:
                return literal.Value;
            case Variable variable:
                return scope.Get(variable.Name);
            case ListDisplay list:
                var items = list.Items.Select(item => Evaluate(item, scope)).ToList();
                return list.IsTuple ? new TemplateTuple(items) : items;
            case MapDisplay display:
                var map = new TemplateMap();
                foreach (var (key, value) in display.Items) map[Evaluate(key, scope)] = Evaluate(value, scope);
                return map;
            case Attribute attribute:
                return TemplateMembers.Attribute(Evaluate(attribute.Of, scope), attribute.Name);
            case Item item:
                return TemplateMembers.Item(Evaluate(item.Of, scope), Evaluate(item.Index, scope));
            case Slice slice:
                var whole = Evaluate(slice.Of, scope);
                Charge(whole is string text ? text.Length / 8 : TemplateValues.ListOf(whole)?.Count ?? 0);
                return TemplateMembers.Slice(whole, Optional(slice.Start, scope), Optional(slice.Stop, scope), Optional(slice.Step, scope));
            case Call call:
                var called = Evaluate(call.Of, scope);
                if (called is not TemplateFunction function) throw new TemplateProblem(TemplateValues.Unusable(called) ?? $"{TemplateValues.KindOf(called)} cannot be called");
                return function.Invoke(Values(call.Arguments, scope, caller));
            case Filter filter:
                var filtered = filter.Of is null ? scope.Block : Evaluate(filter.Of, scope);
                if (TemplateValues.ListOf(filtered) is { } walked) Charge(walked.Count);
                var made = TemplateFilters.Apply(this, filter.Name, filtered, Values(filter.Arguments, scope, null));
                return made is string result ? Produced(result) : made;
            case Test test:
                return TemplateTests.Apply(test.Name, Evaluate(test.Of, scope), Values(test.Arguments, scope, null));
            case Unary { Operator: "not" } unary:
                return !TemplateValues.IsTrue(Evaluate(unary.Of, scope));
            case Unary unary:
                var signed = Evaluate(unary.Of, scope);
                return unary.Operator == "-" && signed is double number ? -number : Operate(unary.Operator, 0L, signed);
            case Binary { Operator: "and" or "or" } both:
                var first = Evaluate(both.Left, scope);
                return TemplateValues.IsTrue(first) == (both.Operator == "or") ? first : Evaluate(both.Right, scope);
            case Binary { Operator: "~" } join:
                return Joined("", [TemplateValues.Text(Evaluate(join.Left, scope)), TemplateValues.Text(Evaluate(join.Right, scope))]);
            case Binary binary:
                return Operate(binary.Operator, Evaluate(binary.Left, scope), Evaluate(binary.Right, scope));
            case Comparison comparison:
                return Compare(comparison, scope);
            case Choice choice:
                if (TemplateValues.IsTrue(Evaluate(choice.Condition, scope))) return Evaluate(choice.Then, scope);
                return choice.Else is null ? new Undefined("the value of an if without else") : Evaluate(choice.Else, scope);
            default:
                throw new InvalidOperationException($"no expression: {expression}");
        }
    }

    private object? Optional(Expression? expression, Scope scope) => expression is null ? null : Evaluate(expression, scope);

    private bool Compare(Comparison comparison, Scope scope)
    {
        var left = Evaluate(comparison.First, scope);
        foreach (var (name, expression) in comparison.Rest)
        {
            var right = Evaluate(expression, scope);
            if (TemplateValues.ListOf(right) is { } list) Charge(list.Count);
            var holds = name switch
            {
                "==" => TemplateValues.AreEqual(left, right),
                "!=" => !TemplateValues.AreEqual(left, right),
                "in" => TemplateValues.Contains(right, left),
                "not in" => !TemplateValues.Contains(right, left),
                _ => Unordered(TemplateValues.AsNumber(left), TemplateValues.AsNumber(right)) ?? TemplateValues.Compare(left, right) switch
                {
                    < 0 => name is "<" or "<=",
                    0 => name is "<=" or ">=",
                    _ => name is ">" or ">=",
                },
            };
            if (!holds) return false;
            left = right;
        }

        return true;
    }

    /// <summary>Whether numbers that are not numbers are in order: never. Null for all others.</summary>
    private static bool? Unordered(double? left, double? right) => left is { } a && right is { } b && (double.IsNaN(a) || double.IsNaN(b)) ? false : null;

    private CallValues Values(Arguments arguments, Scope scope, TemplateFunction? caller)
    {
        var named = arguments.Named.ToDictionary(item => item.Name, item => Evaluate(item.Value, scope), StringComparer.Ordinal);
        if (caller is not null) named["caller"] = caller;
        return new CallValues([.. arguments.Positional.Select(item => Evaluate(item, scope))], named);
    }

    /// <summary>Variables, and those around them.</summary>
    private sealed class Scope(Scope? outer)
    {
        private readonly Dictionary<string, object?> _variables = new(StringComparer.Ordinal);
        private object? _block;

        /// <summary>What the filter of a block is applied to.</summary>
        public object? Block
        {
            get => _block ?? outer?.Block;
            init => _block = value;
        }

        public void Set(string name, object? value) => _variables[name] = value;

        public object? Get(string name)
        {
            for (var scope = this; scope is not null; scope = scope.Outer)
            {
                if (scope._variables.TryGetValue(name, out var value)) return value;
            }

            return new Undefined($"'{name}'");
        }

        private Scope? Outer => outer;
    }
}

/// <summary>The template refuses a chat by raise_exception.</summary>
internal sealed class TemplateRefusal(string message) : Exception(message);

/// <summary>A time in the form of C's strftime.</summary>
internal static class TemplateTime
{
    /// <summary>Writes a time.</summary>
    /// <exception cref="TemplateProblem">A part of the form is not known.</exception>
    public static string Format(DateTimeOffset time, string form)
    {
        var text = new StringBuilder();
        for (var i = 0; i < form.Length; i++)
        {
            if (form[i] != '%' || i + 1 == form.Length)
            {
                text.Append(form[i]);
                continue;
            }

            text.Append(form[++i] switch
            {
                'a' => In(time, "ddd"),
                'A' => In(time, "dddd"),
                'b' or 'h' => In(time, "MMM"),
                'B' => In(time, "MMMM"),
                'd' => In(time, "dd"),
                'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
                'm' => In(time, "MM"),
                'y' => In(time, "yy"),
                'Y' => In(time, "yyyy"),
                'H' => In(time, "HH"),
                'I' => In(time, "hh"),
                'M' => In(time, "mm"),
                'S' => In(time, "ss"),
                'p' => time.Hour < 12 ? "AM" : "PM",
                'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
                'F' => In(time, "yyyy-MM-dd"),
                'T' => In(time, "HH:mm:ss"),
                'D' => In(time, "MM'/'dd'/'yy"),
                '%' => "%",
                '-' when i + 1 < form.Length && form[i + 1] is 'd' or 'm' or 'H' or 'I' => (form[++i] switch
                {
                    'd' => time.Day,
                    'm' => time.Month,
                    'H' => time.Hour,
                    _ => (time.Hour + 11) % 12 + 1,
                }).ToString(CultureInfo.InvariantCulture),
                var other => throw new TemplateProblem($"strftime_now does not know %{other}"),
            });
        }

        return text.ToString();
    }

    private static string In(DateTimeOffset time, string form) => time.ToString(form, CultureInfo.InvariantCulture);
}
