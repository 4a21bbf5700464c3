using System.Text.Json;
using Srpo.Core.Errors;
using Srpo.Core.Random;
using Srpo.Core.Settings;
using Srpo.Language.Sampling;

namespace Srpo.Language.Tests.Sampling;

public sealed class TokenSamplerTests
{
    private static RandomStream Random(int lane) => new StreamId(20260221, 0, 0, StreamPurpose.Tooling).Lane(lane);

    private static RandomBlock Bits(ref RandomStream random) => new(random.NextUInt32(), random.NextUInt32(), random.NextUInt32(), random.NextUInt32());

    private static float[] Logits(int count, ref RandomStream random, double scale = 2)
    {
        var logits = new float[count];
        for (var i = 0; i < count; i++) logits[i] = (float)(scale * random.NextNormal());
        return logits;
    }

    private static double[] Probabilities(TokenSampler sampler)
    {
        var probabilities = new double[sampler.Kept.Length];
        sampler.CopyProbabilities(probabilities);
        return probabilities;
    }

    /// <summary>Hugging Face's processors in doubles, with sorts and dictionaries: what remains, with its probability.</summary>
    private static SortedDictionary<int, double> Plain(float[] logits, int[] context, SamplingSettings settings)
    {
        var scores = Enumerable.Range(0, logits.Length).Where(i => !float.IsNegativeInfinity(logits[i])).ToDictionary(i => i, i => (double)logits[i]);
        foreach (var token in context.Distinct().Where(scores.ContainsKey))
            scores[token] = scores[token] < 0 ? scores[token] * settings.RepetitionPenalty : scores[token] / settings.RepetitionPenalty;
        scores = scores.ToDictionary(pair => pair.Key, pair => pair.Value / settings.Temperature);
        if (settings.TopK > 0 && settings.TopK < scores.Count)
        {
            var least = scores.Values.OrderDescending().ElementAt(settings.TopK - 1);
            scores = scores.Where(pair => pair.Value >= least).ToDictionary();
        }

        if (settings.TopP < 1)
        {
            var (all, sum) = (Softmax(scores), 0.0);
            var ascending = all.OrderBy(pair => pair.Value).ThenBy(pair => pair.Key).ToArray();
            foreach (var (token, probability) in ascending[..^1])
            {
                sum += probability;
                if (sum <= 1 - settings.TopP) scores.Remove(token);
            }
        }

        if (settings.MinP > 0)
        {
            var all = Softmax(scores);
            var most = all.Values.Max();
            foreach (var (token, probability) in all)
                if (probability < settings.MinP * most) scores.Remove(token);
        }

        return Softmax(scores);
    }

    private static SortedDictionary<int, double> Softmax(Dictionary<int, double> scores)
    {
        var most = scores.Values.Max();
        var sum = scores.Values.Sum(score => Math.Exp(score - most));
        return new(scores.ToDictionary(pair => pair.Key, pair => Math.Exp(pair.Value - most) / sum));
    }

    [Theory]
    [InlineData("qwen2-tiny")]
    [InlineData("qwen3-tiny")]
    [InlineData("llama3-tiny")]
    public void Filters_leave_what_Hugging_Face_leaves(string model)
    {
        using var reference = JsonDocument.Parse(File.ReadAllText(Reference.PathOf("sampling", model + ".json")));
        var root = reference.RootElement;
        var context = root.GetProperty("context_ids").Deserialize<int[]>()!;
        var logits = root.GetProperty("logits").Deserialize<float[]>()!;
        var cases = root.GetProperty("cases").EnumerateArray().ToArray();
        Assert.Equal(6, cases.Length);
        foreach (var one in cases)
        {
            var given = one.GetProperty("settings");
            double Number(string name, double otherwise) => given.TryGetProperty(name, out var value) ? value.GetDouble() : otherwise;
            var sampler = new TokenSampler(
                new SamplingSettings
                {
                    Temperature = Number("temperature", 1),
                    TopK = (int)Number("top_k", 0),
                    TopP = Number("top_p", 1),
                    MinP = Number("min_p", 0),
                    RepetitionPenalty = Number("repetition_penalty", 1),
                },
                logits.Length);
            sampler.Filter(logits, context);
            Assert.Equal(one.GetProperty("kept_ids").Deserialize<int[]>()!, sampler.Kept.ToArray());
            Assert.All(one.GetProperty("probabilities").Deserialize<double[]>()!.Zip(Probabilities(sampler)), pair => Assert.InRange(pair.Second - pair.First, -2e-6, 2e-6));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(300)]
    [InlineData(5000)]
    public void Filters_leave_what_a_plain_implementation_leaves(int vocabulary)
    {
        var random = Random(vocabulary);
        var cut = 0;
        foreach (var settings in new SamplingSettings[]
        {
            new(), new() { Temperature = 0.5 }, new() { TopK = 5 }, new() { TopP = 0.9 }, new() { TopP = 0.01 }, new() { MinP = 0.2 },
            new() { RepetitionPenalty = 1.3, TopP = 0.5 }, new() { Temperature = 3, TopP = 0.999 }, new() { TopK = 40, TopP = 0.7, MinP = 0.05, Temperature = 1.5, RepetitionPenalty = 0.8 },
        })
        {
            var sampler = new TokenSampler(settings, vocabulary);
            for (var trial = 0; trial < 5; trial++)
            {
                var logits = Logits(vocabulary, ref random);
                if (trial > 0 && vocabulary > 1) logits[random.NextInt32(vocabulary)] = float.NegativeInfinity;
                var context = new int[9];
                for (var i = 0; i < context.Length; i++) context[i] = random.NextInt32(vocabulary);
                var expected = Plain(logits, context, settings);
                sampler.Filter(logits, context);
                Assert.Equal(expected.Keys, sampler.Kept.ToArray());
                Assert.All(expected.Values.Zip(Probabilities(sampler)), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
                cut += vocabulary - expected.Count;
            }
        }

        Assert.True(vocabulary == 1 || cut > 0);
    }

    [Fact]
    public void Of_equal_tokens_top_k_keeps_all_and_top_p_drops_the_first()
    {
        float[] logits = [1, 3, 2, 2, 2, 0];
        var byRank = new TokenSampler(new SamplingSettings { TopK = 2 }, 6);
        byRank.Filter(logits, []);
        Assert.Equal([1, 2, 3, 4], byRank.Kept.ToArray());

        var byMass = new TokenSampler(new SamplingSettings { TopP = 0.5 }, 4);
        byMass.Filter([7, 7, 7, 7], []);
        Assert.Equal([2, 3], byMass.Kept.ToArray());
        Assert.Equal([0.5, 0.5], Probabilities(byMass));
    }

    [Fact]
    public void At_least_one_token_is_left()
    {
        var sampler = new TokenSampler(new SamplingSettings { TopP = 1e-9, MinP = 1, TopK = 1 }, 3);
        sampler.Filter([5, 5.5f, -1], []);
        Assert.Equal([1], sampler.Kept.ToArray());
    }

    [Fact]
    public void Greedy_choices_take_the_first_of_the_largest_after_the_penalty()
    {
        Assert.Equal(1, new TokenSampler(SamplingSettings.Greedy, 4).Sample([0, 2, 2, 1], [], default).Id);
        var penalised = new TokenSampler(SamplingSettings.Greedy with { RepetitionPenalty = 2 }, 4);
        Assert.Equal(3, penalised.Sample([0, 3, 3, 2], [1, 1, 2], default).Id);
        Assert.Equal(1, penalised.Sample([0, 3, 3, 2], [2], default).Id);
    }

    [Fact]
    public void Draws_follow_the_probabilities()
    {
        var random = Random(3);
        var logits = Logits(800, ref random, 1);
        var sampler = new TokenSampler(new SamplingSettings { Temperature = 0.8, TopP = 0.9 }, logits.Length);
        sampler.Filter(logits, []);
        var (kept, probabilities) = (sampler.Kept.ToArray(), Probabilities(sampler));
        const int draws = 30_000;
        var counts = new int[logits.Length];
        for (var i = 0; i < draws; i++)
        {
            var token = sampler.Sample(logits, [], Bits(ref random));
            counts[token.Id]++;
            if (i < 50) Assert.Equal(Math.Log(probabilities[Array.BinarySearch(kept, token.Id)]), token.LogProbability, 1e-5);
        }

        Assert.Equal(draws, kept.Sum(id => counts[id]));

        // Pearson's statistic of tokens that are expected at least five times: about as many as there are, with a deviation of the square root of twice that.
        var often = kept.Select((id, i) => (Count: counts[id], Expected: draws * probabilities[i])).Where(pair => pair.Expected >= 5).ToArray();
        var statistic = often.Sum(pair => (pair.Count - pair.Expected) * (pair.Count - pair.Expected) / pair.Expected);
        Assert.True(often.Length > 300);
        Assert.InRange(statistic, often.Length - (5 * Math.Sqrt(2.0 * often.Length)), often.Length + (5 * Math.Sqrt(2.0 * often.Length)));
    }

    [Fact]
    public void A_draw_is_the_place_where_the_sum_passes_its_share()
    {
        var sampler = new TokenSampler(SamplingSettings.Plain, 4);
        float[] logits = [0, float.NegativeInfinity, (float)Math.Log(2), 0];
        static RandomBlock Share(double share) => new((uint)(share * 4294967296.0), 0, 0, 0);
        Assert.Equal([0, 0, 2, 2, 3, 3], new double[] { 0, 0.24, 0.26, 0.74, 0.76, 0.9999 }.Select(share => sampler.Sample(logits, [], Share(share)).Id));
        Assert.Equal(3, sampler.Sample(logits, [], new RandomBlock(uint.MaxValue, uint.MaxValue, 0, 0)).Id);
    }

    [Fact]
    public void Tokens_that_have_no_weight_are_never_drawn()
    {
        var logits = new float[5000];
        Array.Fill(logits, -800);
        logits[10] = 10;
        var sampler = new TokenSampler(SamplingSettings.Plain, logits.Length);
        foreach (var word in new uint[] { 0, 1u << 31, uint.MaxValue }) Assert.Equal(10, sampler.Sample(logits, [], new RandomBlock(word, word, 0, 0)).Id);
    }

    [Fact]
    public void Every_token_of_every_response_has_bits_of_its_own()
    {
        var streams = from seed in new[] { 1ul, 2ul }
                      from team in new[] { 0u, 1u }
                      from update in new[] { 0u, 1u }
                      from lane in new[] { 0, 1, 70_000 }
                      select new TokenStream(new StreamId(seed, team, update, StreamPurpose.ResponseToken), lane);
        var all = (from stream in streams from round in new[] { 0, 1, 127 } from seat in new[] { 0, 1 } from token in new[] { 0, 1, 511, (1 << 24) - 1 } select stream.Token(round, seat, token)).ToArray();
        Assert.Equal(24 * 24, all.Length);
        Assert.Equal(all.Length, all.Distinct().Count());
    }

    [Fact]
    public void Nothing_is_allocated_for_a_token()
    {
        var random = Random(8);
        var logits = Logits(20_000, ref random);
        var sampler = new TokenSampler(new SamplingSettings { Temperature = 0.7, TopK = 5000, TopP = 0.9, MinP = 0.001, RepetitionPenalty = 1.1 }, logits.Length);
        int[] context = [1, 2, 3];
        var least = long.MaxValue;
        for (var pass = 0; pass < 5; pass++)
        {
            // A collection, which other tests may cause, counts what is left of the thread's allocation buffer.
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 10; i++) sampler.Sample(logits, context, Bits(ref random));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Logits_that_are_no_numbers_are_refused(float wrong)
    {
        foreach (var place in new[] { 0, 20, 36 })
        {
            var logits = new float[37];
            logits[place] = wrong;
            var error = Assert.Throws<SrpoException>(() => new TokenSampler(SamplingSettings.Plain, 37).Sample(logits, [], default));
            Assert.Contains("not finite", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_cannot_be_drawn_from_is_refused()
    {
        var sampler = new TokenSampler(new SamplingSettings { RepetitionPenalty = 2 }, 2);
        Assert.Contains("no token", Assert.Throws<SrpoException>(() => sampler.Filter([float.NegativeInfinity, float.NegativeInfinity], [])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => sampler.Filter([1, 2, 3], []));
        Assert.Throws<ArgumentException>(() => sampler.Filter([1, 2], [2]));
        Assert.Throws<ArgumentException>(() => sampler.Filter([1, 2], [-1]));
    }

    [Fact]
    public void Settings_out_of_range_are_named()
    {
        var settings = new SamplingSettings { Temperature = -1, TopK = -1, TopP = 0, MinP = 2, RepetitionPenalty = double.NaN };
        var error = Assert.Throws<SettingsException>(() => new TokenSampler(settings, 3));
        Assert.Equal(["sampling.temperature", "sampling.topP", "sampling.minP", "sampling.repetitionPenalty", "sampling.topK"], error.Problems.Select(problem => problem.Field));
        Assert.Contains("1.5 is out of range; use a number above 0 and at most 1", Assert.Single(new SamplingSettings { TopP = 1.5 }.Validate()).ToString(), StringComparison.Ordinal);
    }
}
