using System.Text.Json.Nodes;

namespace Srpo.Environments.Tests.Tag;

/// <summary>A mistake that an implementation of Tag could make.</summary>
public enum TagMistake
{
    None,
    MovesWithNewVelocity,
    DampsAfterForce,
    DoubledMargin,
    ClampsPerAxis,
    HardPenetration,
    NoChaserContacts,
    BoundNotAbsolute,
    CatchCountsOwnOnly,
    OtherOrderOfObservation,
}

/// <summary>
/// Tag for one episode, written plainly from the description of the reference and sharing no code with the environment: objects with
/// fields, the platform's exp and log. It can make one mistake, and write recordings.
/// </summary>
internal sealed class PlainTag(TagMistake mistake = TagMistake.None)
{
    internal List<Body> Bodies { get; } = [];

    private Body[] Agents => [.. Bodies.Where(body => body.Role != "obstacle")];

    /// <summary>Entities of a recorded episode.</summary>
    internal static PlainTag From(JsonNode episode, TagMistake mistake = TagMistake.None)
    {
        var tag = new PlainTag(mistake);
        foreach (var node in episode["agents"]!.AsArray().Concat(episode["landmarks"]!.AsArray()))
        {
            tag.Bodies.Add(new Body
            {
                Role = node!["role"]?.GetValue<string>() ?? "obstacle",
                X = node["pos"]![0]!.GetValue<double>(),
                Y = node["pos"]![1]!.GetValue<double>(),
                Size = node["size"]!.GetValue<double>(),
                Mass = node["mass"]!.GetValue<double>(),
                Accel = node["accel"]?.GetValue<double>() ?? 0,
                MaxSpeed = node["max_speed"]?.GetValue<double>() ?? 0,
            });
        }

        return tag;
    }

    /// <summary>A recording of these actions from the present state: [step][agent].</summary>
    internal JsonObject Record(IEnumerable<int[]> actions)
    {
        var episode = new JsonObject
        {
            ["id"] = "plain-0",
            ["policy"] = "random",
            ["agents"] = new JsonArray([.. Agents.Select(body => body.ToJson())]),
            ["landmarks"] = new JsonArray([.. Bodies.Except(Agents).Select(body => body.ToJson())]),
            ["obs0"] = Lists(Agents.Select(Observe)),
        };
        var steps = new JsonArray();
        foreach (var action in actions)
        {
            var rewards = Step(action);
            steps.Add(new JsonObject
            {
                ["a"] = new JsonArray([.. action.Select(a => (JsonNode)a)]),
                ["pos"] = Lists(Agents.Select(body => new[] { body.X, body.Y })),
                ["vel"] = Lists(Agents.Select(body => new[] { body.Vx, body.Vy })),
                ["rew"] = new JsonArray([.. rewards.Select(r => (JsonNode)r)]),
                ["obs"] = Lists(Agents.Select(Observe)),
            });
        }

        episode["steps"] = steps;
        return episode;
    }

    internal double[] Step(int[] actions)
    {
        var agents = Agents;
        for (var i = 0; i < agents.Length; i++)
        {
            agents[i].Fx = actions[i] switch { 1 => -agents[i].Accel, 2 => agents[i].Accel, _ => 0 };
            agents[i].Fy = actions[i] switch { 3 => -agents[i].Accel, 4 => agents[i].Accel, _ => 0 };
        }

        for (var a = 0; a < Bodies.Count; a++)
        {
            for (var b = a + 1; b < Bodies.Count; b++) Push(Bodies[a], Bodies[b]);
        }

        foreach (var agent in agents) Move(agent);
        return [.. agents.Select(Reward)];
    }

    internal double[] Observe(Body me)
    {
        var values = new List<double> { me.Vx, me.Vy, me.X, me.Y };
        var others = Agents.Where(body => body != me);
        if (mistake == TagMistake.OtherOrderOfObservation) others = others.Reverse();
        foreach (var body in Bodies.Where(body => body.Role == "obstacle").Concat(others)) values.AddRange([body.X - me.X, body.Y - me.Y]);
        foreach (var body in Agents.Where(body => body != me && body.Role == "runner")) values.AddRange([body.Vx, body.Vy]);
        return [.. values];
    }

    private void Push(Body a, Body b)
    {
        if (mistake == TagMistake.NoChaserContacts && a.Role == "chaser" && b.Role == "chaser") return;
        var (dx, dy) = (a.X - b.X, a.Y - b.Y);
        var r = Math.Sqrt((dx * dx) + (dy * dy));
        var k = mistake == TagMistake.DoubledMargin ? 0.002 : 0.001;
        var overlap = a.Size + b.Size - r;
        var soft = overlap > 0 ? (overlap / k) + Math.Log(1 + Math.Exp(-overlap / k)) : double.LogP1(Math.Exp(overlap / k));
        var p = mistake == TagMistake.HardPenetration ? Math.Max(0, overlap) : k * soft;
        a.Fx += 100 * dx / r * p;
        a.Fy += 100 * dy / r * p;
        b.Fx -= 100 * dx / r * p;
        b.Fy -= 100 * dy / r * p;
    }

    private void Move(Body body)
    {
        var (oldX, oldY) = (body.Vx, body.Vy);
        var (pushX, pushY) = (body.Fx / body.Mass * 0.1, body.Fy / body.Mass * 0.1);
        var late = mistake == TagMistake.DampsAfterForce;
        body.Vx = late ? (oldX + pushX) * 0.75 : (oldX * 0.75) + pushX;
        body.Vy = late ? (oldY + pushY) * 0.75 : (oldY * 0.75) + pushY;
        if (mistake == TagMistake.ClampsPerAxis)
        {
            body.Vx = Math.Clamp(body.Vx, -body.MaxSpeed, body.MaxSpeed);
            body.Vy = Math.Clamp(body.Vy, -body.MaxSpeed, body.MaxSpeed);
        }
        else if (Math.Sqrt((body.Vx * body.Vx) + (body.Vy * body.Vy)) is var speed && speed > body.MaxSpeed)
        {
            body.Vx = body.Vx / speed * body.MaxSpeed;
            body.Vy = body.Vy / speed * body.MaxSpeed;
        }

        var moved = mistake == TagMistake.MovesWithNewVelocity;
        body.X += (moved ? body.Vx : oldX) * 0.1;
        body.Y += (moved ? body.Vy : oldY) * 0.1;
    }

    private double Reward(Body me)
    {
        if (me.Role == "chaser")
        {
            var pairs = Agents.Where(body => body.Role == "chaser" && (mistake != TagMistake.CatchCountsOwnOnly || body == me))
                .Sum(chaser => Agents.Count(body => body.Role == "runner" && Near(chaser, body)));
            return 10.0 * pairs;
        }

        return (-10.0 * Agents.Count(body => body.Role == "chaser" && Near(body, me))) - Bound(me.X) - Bound(me.Y);
    }

    private double Bound(double coordinate)
    {
        var z = mistake == TagMistake.BoundNotAbsolute ? coordinate : Math.Abs(coordinate);
        if (z < 0.9) return 0;
        return z < 1 ? (z - 0.9) * 10 : Math.Min(Math.Exp((2 * z) - 2), 10);
    }

    private static bool Near(Body a, Body b) => Math.Sqrt(((a.X - b.X) * (a.X - b.X)) + ((a.Y - b.Y) * (a.Y - b.Y))) < a.Size + b.Size;

    private static JsonArray Lists(IEnumerable<double[]> lists) =>
        new([.. lists.Select(list => (JsonNode)new JsonArray([.. list.Select(value => (JsonNode)value)]))]);

    internal sealed class Body
    {
        internal required string Role { get; init; }

        internal double X { get; set; }

        internal double Y { get; set; }

        internal double Vx { get; set; }

        internal double Vy { get; set; }

        internal double Fx { get; set; }

        internal double Fy { get; set; }

        internal required double Size { get; init; }

        internal double Mass { get; init; } = 1;

        internal double Accel { get; init; }

        internal double MaxSpeed { get; init; }

        internal JsonNode ToJson()
        {
            var agent = Role != "obstacle";
            var node = new JsonObject
            {
                ["name"] = Role,
                ["pos"] = new JsonArray(X, Y),
                ["vel"] = new JsonArray(Vx, Vy),
                ["size"] = Size,
                ["mass"] = Mass,
                ["accel"] = agent ? Accel : null,
                ["max_speed"] = agent ? MaxSpeed : null,
                ["movable"] = agent,
                ["collide"] = true,
            };
            if (agent) node["role"] = Role;
            return node;
        }
    }
}
