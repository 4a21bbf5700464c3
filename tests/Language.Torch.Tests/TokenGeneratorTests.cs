using Srpo.Core.Errors;
using Srpo.Core.Random;
using Srpo.Language.Models;
using Srpo.Language.Sampling;

namespace Srpo.Language.Torch.Tests;

public class TokenGeneratorTests
{
    private static readonly HashSet<int> NoEnd = [];

    private static Func<int, RandomBlock> Bits(int lane) => token => new StreamId(5, 0, 0, StreamPurpose.Tooling).Block(lane, (uint)token);

    private static ResponseRequest[] Requests(int count) => [.. Enumerable.Range(0, count).Select(i => new ResponseRequest(TestModels.Tokens(3 + (4 * i % 11), 384, (ulong)i), 4 + (i % 5), Bits(i)))];

    [TorchFact]
    public void Responses_do_not_depend_on_how_many_are_made_at_a_time()
    {
        using var model = TestModels.Open("qwen2-tiny");
        var requests = Requests(9);
        using var one = new TokenGenerator(model, SamplingSettings.Plain, NoEnd, 1, 30);
        using var several = new TokenGenerator(model, SamplingSettings.Plain, NoEnd, 4, 30);
        var (alone, together) = (one.Run(requests), several.Run(requests));
        for (var i = 0; i < requests.Length; i++)
        {
            Assert.Equal(alone[i].Tokens, together[i].Tokens);
            Assert.Equal(requests[i].MostTokens, alone[i].Tokens.Count);
            Assert.False(alone[i].Ended);

            // Log-probabilities are those that training will see.
            var batch = TokenBatch.Of([.. requests[i].Prompt, .. alone[i].Tokens]);
            var logs = new float[alone[i].Tokens.Count];
            model.LogProbabilities(batch, batch.After([requests[i].Prompt.Count]), 1, logs, []);
            for (var t = 0; t < logs.Length; t++) Assert.Equal(logs[t], together[i].LogProbabilities[t], 1e-4);
        }

        Assert.Equal(together.Select(response => response.Tokens), several.Run(requests).Select(response => response.Tokens));
    }

    [TorchFact]
    public void A_response_ends_with_the_token_that_ends_it()
    {
        using var model = TestModels.Open("qwen3-tiny");
        var prompt = TestModels.Tokens(6, 384);
        using var free = new TokenGenerator(model, SamplingSettings.Greedy, NoEnd, 2, 40);
        var whole = free.Run([new ResponseRequest(prompt, 20, Bits(0))])[0].Tokens;
        var end = whole[5];
        var first = whole.ToList().IndexOf(end);
        using var ended = new TokenGenerator(model, SamplingSettings.Greedy, new HashSet<int> { end }, 2, 40);
        var response = ended.Run([new ResponseRequest(prompt, 20, Bits(0)), new ResponseRequest(prompt, 1, Bits(1))]);
        Assert.Equal(whole.Take(first + 1), response[0].Tokens);
        Assert.True(response[0].Ended);
        Assert.Equal(whole.Take(1), response[1].Tokens);
    }

    [TorchFact]
    public void A_prompt_without_room_is_refused_before_anything_is_made()
    {
        using var model = TestModels.Open("qwen3-tiny");
        using var generator = new TokenGenerator(model, SamplingSettings.Plain, NoEnd, 2, 10);
        var error = Assert.Throws<SrpoException>(() => generator.Run([new ResponseRequest(TestModels.Tokens(5, 384), 5, Bits(0)), new ResponseRequest(TestModels.Tokens(6, 384), 5, Bits(1))]));
        Assert.Contains("a prompt of 6 tokens and a response of 5 are longer than the 10", error.Message);
    }

    [TorchFact]
    public void A_context_reads_what_is_new_and_says_the_same()
    {
        using var model = TestModels.Open("llama3-tiny");
        var sampler = new TokenSampler(SamplingSettings.Greedy, 384);
        var text = TestModels.Tokens(8, 384);
        using var context = new CachedContext(model, 40);
        int[] first = [.. context.Continue(text, 6, sampler, Bits(0), NoEnd)];
        int[] longer = [.. text, .. first, 3, 4];
        int[] second = [.. context.Continue(longer, 6, sampler, Bits(0), NoEnd)];
        int[] other = [.. text[..4], 9, 9];
        int[] third = [.. context.Continue(other, 6, sampler, Bits(0), NoEnd)];
        Assert.Equal(Fresh(text), first);
        Assert.Equal(Fresh(longer), second);
        Assert.Equal(Fresh(other), third);
        Assert.Equal(first, context.Continue(text, 6, sampler, Bits(0), NoEnd));
        Assert.Equal(32, context.Continue(text, 100, sampler, Bits(0), NoEnd).Count());
        Assert.Contains("leaves no room", Assert.Throws<SrpoException>(() => context.Continue(TestModels.Tokens(40, 384), 1, sampler, Bits(0), NoEnd).Count()).Message);

        int[] Fresh(int[] tokens)
        {
            using var own = new CachedContext(model, 40);
            return [.. own.Continue(tokens, 6, sampler, Bits(0), NoEnd)];
        }
    }
}
