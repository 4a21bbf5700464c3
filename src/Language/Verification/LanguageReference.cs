using Srpo.Core.Json;
using Srpo.Language.Models;
using Srpo.Language.Training;

namespace Srpo.Language.Verification;

/// <summary>What the losses of policies are computed from.</summary>
internal sealed class PpoReference
{
    private readonly PpoTokenSettings _settings;
    private readonly float[] _old;
    private readonly float[] _advantages;
    private readonly float[] _references;

    public PpoReference(ReferenceValue ppo)
    {
        _settings = new PpoTokenSettings(ppo["clip_low"].Number(), ppo["clip_high"].Number(), null, ppo["entropy_coef"].Number(), ppo["kl_coef"].Number());
        var (ids, mask) = (ppo["input_ids"].WholeRows(), ppo["mask"].WholeRows());
        Batch = TokenBatch.FromPadded(ids, ppo["attention_mask"].Mask(), out var indices);
        List<int> at = [], targets = [];
        List<(int Row, int Token)> places = [];
        for (var i = 0; i < mask.Count; i++)
        {
            for (var t = 0; t < mask[i].Count; t++)
            {
                if (mask[i][t] == 0) continue;
                at.Add(indices[i][t]);
                targets.Add(ids[i][t + 1]);
                places.Add((i, t));
            }
        }

        Predictions = new Predictions(at, targets);
        (_old, _advantages, _references) = (Masked("old_logprobs"), Masked("advantages"), Masked("ref_logprobs"));
        NewLogProbabilities = Masked("new_logprobs");

        float[] Masked(string field)
        {
            var rows = ppo[field].Items().Select(row => row.Numbers()).ToArray();
            return [.. places.Select(place => (float)rows[place.Row][place.Token])];
        }
    }

    public TokenBatch Batch { get; }

    public Predictions Predictions { get; }

    public float[] NewLogProbabilities { get; }

    public PpoTokenLoss Loss() => new(_settings, _old, _advantages, (ReadOnlyMemory<float>)_references, Predictions.Count);
}

/// <summary>A value in the reference, with the path that names it in errors.</summary>
internal sealed class ReferenceValue(JsonValue value, string path)
{
    public bool IsObject => value is JsonObjectValue;

    public string Written => value.Written;

    public ReferenceValue this[string name]
    {
        get
        {
            var full = path.Length == 0 ? name : $"{path}.{name}";
            if (value is not JsonObjectValue item) throw Wrong("should be an object");
            return new ReferenceValue(item[name] ?? throw JsonFields.Wrong(full, $"is missing; use a reference with this number, or leave the part that it belongs to out"), full);
        }
    }

    public bool Has(string name) => value is JsonObjectValue item && item[name] is not (null or JsonNullValue);

    public IEnumerable<string> Names() => value is JsonObjectValue item ? item.Members.Select(member => member.Name) : throw Wrong("should be an object");

    public IReadOnlyList<ReferenceValue> Items() => [.. JsonFields.Elements(value, path).Select((item, i) => new ReferenceValue(item, JsonFields.Indexed(path, i)))];

    public string Text() => JsonFields.Text(value, path);

    public double Number() => JsonFields.Number(value, path);

    public double[] Numbers() => JsonFields.Numbers(value, path);

    public int Whole() => JsonFields.Whole(value, path, int.MinValue, int.MaxValue);

    public int[] Wholes() => [.. Items().Select(item => item.Whole())];

    public IReadOnlyList<IReadOnlyList<int>> WholeRows() => [.. Items().Select(item => item.Wholes())];

    /// <summary>Rows of 0 and 1.</summary>
    public List<IReadOnlyList<bool>> Mask() => [.. WholeRows().Select(row => (IReadOnlyList<bool>)[.. row.Select(value => value != 0)])];

    public JsonFieldException Wrong(string reason) => JsonFields.Wrong(path, $"{reason}");
}
