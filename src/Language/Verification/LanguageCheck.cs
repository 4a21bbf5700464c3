using System.Globalization;
using Srpo.Core.Checkpoints;
using Srpo.Core.Errors;
using Srpo.Core.Files;
using Srpo.Core.Json;
using Srpo.Language.Models;
using Srpo.Language.Sampling;
using Srpo.Language.Training;

namespace Srpo.Language.Verification;

/// <summary>The largest deviation of a quantity from what another program computed.</summary>
/// <param name="Case">Part of the reference.</param>
/// <param name="Quantity">What is compared.</param>
/// <param name="Largest">Of numbers the largest deviation, of gradients as a share of the tensor's norm; of tokens how many differ.</param>
/// <param name="Tolerance">The most that is allowed.</param>
/// <param name="Place">Where it is.</param>
public sealed record LanguageDeviation(string Case, string Quantity, double Largest, double Tolerance, string Place)
{
    /// <summary>Whether it is allowed. What is not a number is not.</summary>
    public bool IsWithin => Largest <= Tolerance;
}

/// <summary>What a comparison of a model with a reference found.</summary>
/// <param name="Folder">The model's folder.</param>
/// <param name="Reference">The file with the reference.</param>
/// <param name="Deviations">Part after part.</param>
/// <param name="Absent">Parts that the reference does not have, or that do not hold for how this folder's weights are stored.</param>
public sealed record LanguageReport(string Folder, string Reference, IReadOnlyList<LanguageDeviation> Deviations, IReadOnlyList<string> Absent)
{
    /// <summary>Whether something was compared, and all of it is within its tolerance.</summary>
    public bool Agrees => Deviations.Count > 0 && Deviations.All(deviation => deviation.IsWithin);
}

/// <summary>Opens the model of a folder.</summary>
/// <param name="folder">The folder.</param>
/// <param name="precision">How numbers are rounded.</param>
/// <param name="rounded">Whether weights are those that bfloat16 holds, whatever they are computed in.</param>
public delegate ICausalModel OpenModel(ModelFolder folder, ModelPrecision precision, bool rounded);

/// <summary>
/// Holds a model against numbers of another program, in the reference.json of its folder: rotary positions, logits, states between layers, weights of attention, log-probabilities,
/// padding, greedy generation, filters of sampling, weights in bfloat16, losses and gradients, steps of AdamW, a low-rank adapter.
/// </summary>
public sealed class LanguageCheck
{
    /// <summary>The file with the numbers.</summary>
    public const string FileName = "reference.json";

    private const double Numbers = 1e-4;
    private const double Gradients = 1e-4;
    private const double Probabilities = 1e-5;

    /// <summary>The optimiser of the reference's training.</summary>
    private static readonly AdamWSettings Steps = new(1e-3);

    private readonly ModelFolder _folder;
    private readonly string _home;
    private readonly ReferenceValue _root;
    private readonly OpenModel _open;
    private readonly List<LanguageDeviation> _found = [];
    private readonly List<string> _absent = [];

    private LanguageCheck(ModelFolder folder, string home, ReferenceValue root, OpenModel open) => (_folder, _home, _root, _open) = (folder, home, root, open);

    /// <summary>Compares.</summary>
    /// <param name="path">The model's folder.</param>
    /// <param name="reference">
    /// The file with the reference, absolute; null for reference.json in the folder, or, where it has none, in the folder beside it whose name this one's begins with:
    /// NAME-bf16 has the weights of NAME, rounded.
    /// </param>
    /// <param name="open">Opens models.</param>
    /// <param name="progress">Told the part that comes next.</param>
    /// <param name="cancellation">Ends it between parts.</param>
    /// <exception cref="SrpoException">The folder or the reference cannot be read, or lacks a field.</exception>
    public static LanguageReport Run(string path, string? reference, OpenModel open, Action<string>? progress = null, CancellationToken cancellation = default)
    {
        using var folder = ModelFolder.Open(path);
        var file = reference ?? Find(folder.Path);
        try
        {
            return JsonFields.Read(
                UserFile.ReadText(file, "reference of a language model"), "reference of a language model", "{\"forward\": [{\"name\": \"short\", \"input_ids\": [1, 2], \"logits\": [[0.1, 0.2]]}]}",
                root => new LanguageCheck(folder, Path.GetDirectoryName(file)!, new ReferenceValue(root, ""), open).Compare(file, progress, cancellation), file);
        }
        catch (FormatException error)
        {
            throw new SrpoException(ErrorKind.Damaged, error.Message, error);
        }
    }

    private static string Find(string folder)
    {
        var own = Path.Combine(folder, FileName);
        if (File.Exists(own)) return own;
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        for (var end = name.LastIndexOf('-'); end > 0; end = name.LastIndexOf('-', end - 1))
        {
            var beside = Path.Combine(Path.GetDirectoryName(folder)!, name[..end], FileName);
            if (File.Exists(beside)) return beside;
        }

        throw new SrpoException(ErrorKind.NotFound, $"there is no {own} to hold the model against; name a file of that form with --reference FILE");
    }

    private LanguageReport Compare(string file, Action<string>? progress, CancellationToken cancellation)
    {
        // What was computed with weights in 32-bit floats says nothing of rounded ones.
        var exact = _folder.Tensors.All(tensor => tensor.Type == TensorType.F32);
        Part("rope", Rope);
        if (exact)
        {
            using var model = _open(_folder, ModelPrecision.Float32, false);
            Part("forward", node => Forward(node, model));
            Part("response_logprobs", node => Responses(node, model));
            Part("padded", node => Padded(node, model));
            Part("greedy", node => Greedy(node, model));
            Part("greedy_with_eos", node => GreedyToEnd(node, model));
            Part("sampling", node => Sampling(node, model));
        }

        Part("bf16_weights", Rounded);
        if (exact)
        {
            using var model = _open(_folder, ModelPrecision.Float32, false);
            Part("ppo", node => Ppo(node, model));
            Part("cross_entropy", node => CrossEntropy(node, model));
            Part("lora", node => Lora(node, model));
        }
        else
        {
            _absent.AddRange(((string[])["forward", "response_logprobs", "padded", "greedy", "greedy_with_eos", "sampling", "ppo", "cross_entropy", "lora"]).Where(name => _root.Has(name)));
        }

        return new LanguageReport(_folder.Path, file, _found, _absent);

        void Part(string name, Action<ReferenceValue> compare)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!_root.Has(name))
            {
                _absent.Add(name);
                return;
            }

            progress?.Invoke(name);
            compare(_root[name]);
        }
    }

    private void Rope(ReferenceValue rope)
    {
        var angles = RotaryFrequencies.Of(_folder.Config);
        var worst = new Worst();
        var wanted = rope["inv_freq"].Numbers();
        for (var i = 0; i < wanted.Length; i++) worst.See(Math.Abs((i < angles.Length ? angles[i] : double.NaN) - wanted[i]) / wanted[i], $"pair {i}");
        Report("rope", "frequencies, relative", worst, 1e-6);
        if (!rope.Has("cos")) return;
        worst = new Worst();
        var positions = rope["positions"].Wholes();
        var (cosines, sines) = (rope["cos"].Items(), rope["sin"].Items());
        for (var p = 0; p < positions.Length; p++)
        {
            var (cos, sin) = (cosines[p].Numbers(), sines[p].Numbers());
            for (var i = 0; i < cos.Length; i++)
            {
                var angle = positions[p] * angles[i % angles.Length];
                worst.See(Math.Abs(Math.Cos(angle) - cos[i]), $"position {positions[p]}, number {i}");
                worst.See(Math.Abs(Math.Sin(angle) - sin[i]), $"position {positions[p]}, number {i}");
            }
        }

        Report("rope", "cosines and sines", worst, Numbers);
    }

    private void Forward(ReferenceValue forward, ICausalModel model)
    {
        foreach (var item in forward.Items())
        {
            var name = item["name"].Text();
            var ids = item["input_ids"].Wholes();
            var batch = item.Has("position_ids") ? TokenBatch.WithPositions([ids], [item["position_ids"].Wholes()]) : TokenBatch.Of(ids);
            var logits = Logits(model, batch);
            var at = item.Has("logits_at") ? item["logits_at"].Wholes() : [.. Enumerable.Range(0, ids.Length)];
            var worst = new Worst();
            See(worst, item["logits"].Items(), at, logits);
            Report($"forward {name}", "logits", worst, Numbers);
            if (item.Has("argmax"))
            {
                var wanted = item["argmax"].Wholes();
                Report($"forward {name}", "most likely tokens that differ", Differ(wanted, [.. logits.Select(row => Largest(row))]), 0);
            }

            if (item.Has("logsumexp"))
            {
                worst = new Worst();
                var wanted = item["logsumexp"].Numbers();
                for (var t = 0; t < wanted.Length; t++) worst.See(Math.Abs(LogSumExp(logits[t]) - wanted[t]), $"token {t}");
                Report($"forward {name}", "logarithm of the sum of exponentials", worst, Numbers);
            }

            foreach (var field in item.Names().Where(field => field.StartsWith(AttentionsOf, StringComparison.Ordinal))) Attentions($"forward {name}", field, item[field], model, batch);
            if (!item.Has("hidden_states")) continue;
            worst = new Worst();
            var (states, layers) = (model.HiddenStates(batch), item["hidden_states"].Items());
            for (var layer = 0; layer < layers.Count; layer++)
            {
                var rows = layers[layer].Items();
                for (var t = 0; t < rows.Count; t++)
                {
                    var wanted = rows[t].Numbers();
                    for (var i = 0; i < wanted.Length; i++) worst.See(Math.Abs(states[layer][(t * wanted.Length) + i] - wanted[i]), $"behind layer {layer - 1}, token {t}");
                }
            }

            Report($"forward {name}", "states between layers", worst, Numbers);
        }
    }

    /// <summary>Weights of attention in a layer, which the field's name ends with: [heads][token that looks][token that is looked at].</summary>
    private void Attentions(string name, string field, ReferenceValue wanted, ICausalModel model, TokenBatch batch)
    {
        if (!int.TryParse(field.AsSpan(AttentionsOf.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var layer) || layer >= model.Config.Layers)
            throw wanted.Wrong($"should be of one of the model's layers, {AttentionsOf}0 to {AttentionsOf}{model.Config.Layers - 1}");
        var (heads, length, worst) = (wanted.Items(), batch.Count, new Worst());
        if (heads.Count != model.Config.Heads) throw wanted.Wrong($"is of {heads.Count} heads, and the model has {model.Config.Heads}");
        var weights = model.Attentions(batch, layer)[0];
        for (var head = 0; head < heads.Count; head++)
        {
            var rows = heads[head].Items();
            if (rows.Count != length) throw heads[head].Wrong($"is of {rows.Count} tokens, and there are {length}");
            for (var t = 0; t < length; t++)
            {
                var row = rows[t].Numbers();
                if (row.Length != length) throw rows[t].Wrong($"is of {row.Length} tokens, and there are {length}");
                var first = ((head * length) + t) * length;
                See(worst, row, weights[first..(first + length)], $"head {head}, token {t}");
            }
        }

        Report(name, $"weights of attention, layer {layer}", worst, Numbers);
    }

    private const string AttentionsOf = "attentions_layer";

    private void Responses(ReferenceValue responses, ICausalModel model)
    {
        // All in one batch: sequences of different lengths do not see each other.
        var items = responses.Items();
        var prompts = items.Select(item => item["prompt_ids"].Wholes()).ToArray();
        var batch = TokenBatch.Of(items.Select((item, i) => (IReadOnlyList<int>)[.. prompts[i], .. item["response_ids"].Wholes()]).ToArray());
        var predictions = batch.After([.. prompts.Select(prompt => prompt.Length)]);
        var (logs, entropies) = (new float[predictions.Count], new float[predictions.Count]);
        model.LogProbabilities(batch, predictions, 1, logs, entropies);
        Compare("log-probabilities", "logprobs", logs, Numbers);
        Compare("entropies", "entropies", entropies, Numbers);
        var (worst, first) = (new Worst(), 0);
        for (var i = 0; i < items.Count; i++)
        {
            var count = items[i]["response_ids"].Wholes().Length;
            if (items[i].Has("sum")) worst.See(Math.Abs(logs.AsSpan(first, count).ToArray().Sum(log => (double)log) - items[i]["sum"].Number()), $"response {i}");
            first += count;
        }

        Report("response_logprobs", "sums", worst, 1e-3);
        foreach (var name in items[0].Names().Where(name => name.StartsWith(Tempered, StringComparison.Ordinal)))
        {
            var temperature = double.Parse(name[Tempered.Length..], CultureInfo.InvariantCulture);
            model.LogProbabilities(batch, predictions, temperature, logs, []);
            Compare(FormattableString.Invariant($"log-probabilities, temperature {temperature}"), name, logs, Numbers);
        }

        void Compare(string quantity, string field, float[] values, double tolerance)
        {
            var (deviation, next) = (new Worst(), 0);
            for (var i = 0; i < items.Count; i++)
            {
                var wanted = items[i][field].Numbers();
                for (var t = 0; t < wanted.Length; t++) deviation.See(Math.Abs(values[next++] - wanted[t]), $"response {i}, token {t}");
            }

            Report("response_logprobs", quantity, deviation, tolerance);
        }
    }

    private const string Tempered = "logprobs_temperature_";

    private void Padded(ReferenceValue padded, ICausalModel model)
    {
        foreach (var side in padded.Names().Where(name => padded[name].IsObject))
        {
            var node = padded[side];
            var batch = TokenBatch.FromPadded(node["input_ids"].WholeRows(), node["attention_mask"].Mask(), out var indices);
            var logits = Logits(model, batch);
            var (worst, rows) = (new Worst(), node["logits_of_real_tokens"].Items());
            for (var i = 0; i < rows.Count; i++)
            {
                var tokens = rows[i].Items();
                var real = indices[i].Where(index => index >= 0).ToArray();
                for (var t = 0; t < tokens.Count; t++) See(worst, tokens[t].Numbers(), logits[real[t]], $"sequence {i}, token {t}");
            }

            Report($"padded {side}", "logits of real tokens", worst, Numbers);
            foreach (var name in node.Names().Where(name => name.StartsWith("greedy_", StringComparison.Ordinal)))
            {
                var wanted = node[name].WholeRows();
                var made = Generate(model, [.. Enumerable.Range(0, batch.Sequences).Select(i => batch.Tokens.Skip(batch.Starts[i]).Take(batch.Length(i)).ToArray())], wanted[0].Count, null);
                Report($"padded {side}", "generated tokens that differ", Differ([.. wanted.SelectMany(row => row)], [.. made.SelectMany(row => row)]), 0);
            }
        }
    }

    private void Greedy(ReferenceValue greedy, ICausalModel model)
    {
        var items = greedy.Items();
        var prompts = items.Select(item => item["prompt_ids"].Wholes()).ToArray();
        var wanted = items.Select(item => item["generated_ids"].Wholes()).ToArray();
        var together = Generate(model, prompts, wanted.Max(row => row.Length), null);
        Report("greedy", "tokens that differ, all prompts together", Differ([.. wanted.SelectMany(row => row)], [.. together.SelectMany((row, i) => row.Take(wanted[i].Length))]), 0);
        var alone = prompts.SelectMany((prompt, i) => Generate(model, [prompt], wanted[i].Length, null)[0]);
        Report("greedy", "tokens that differ, each prompt alone", Differ([.. wanted.SelectMany(row => row)], [.. alone]), 0);
        var anew = prompts.SelectMany((prompt, i) => Anew(model, prompt, wanted[i]));
        Report("greedy", "tokens that differ, without a cache", Differ([.. wanted.SelectMany(row => row)], [.. anew]), 0);
        if (!items[0].Has("logprobs")) return;
        var worst = new Worst();
        for (var i = 0; i < items.Count; i++)
        {
            var batch = TokenBatch.Of([.. prompts[i], .. wanted[i]]);
            var (logs, expected) = (new float[wanted[i].Length], items[i]["logprobs"].Numbers());
            model.LogProbabilities(batch, batch.After([prompts[i].Length]), 1, logs, []);
            for (var t = 0; t < expected.Length; t++) worst.See(Math.Abs(logs[t] - expected[t]), $"prompt {i}, token {t}");
        }

        Report("greedy", "log-probabilities", worst, Numbers);
    }

    private void GreedyToEnd(ReferenceValue node, ICausalModel model)
    {
        var wanted = node["generated_ids"].Wholes();
        var made = Generate(model, [node["prompt_ids"].Wholes()], Math.Max(wanted.Length, 32), node["eos_token_id"].Whole())[0];
        Report("greedy_with_eos", "tokens that differ", Differ(wanted, made), 0);
    }

    private void Sampling(ReferenceValue sampling, ICausalModel model)
    {
        var context = sampling["context_ids"].Wholes();
        var wanted = sampling["logits"].Numbers();
        var worst = new Worst();
        var logits = new float[_folder.Config.VocabSize];
        using (var cache = model.CreateCache(1, context.Length)) model.Prefill(cache, [0], [context], logits);
        See(worst, wanted, logits, "the token that follows");
        Report("sampling", "logits", worst, Numbers);
        var given = Array.ConvertAll(wanted, value => (float)value);
        foreach (var item in sampling["cases"].Items())
        {
            var named = item["settings"];
            double Setting(string name, double otherwise) => named.Has(name) ? named[name].Number() : otherwise;
            var settings = new SamplingSettings
            {
                Temperature = Setting("temperature", 1),
                TopK = (int)Setting("top_k", 0),
                TopP = Setting("top_p", 1),
                MinP = Setting("min_p", 0),
                RepetitionPenalty = Setting("repetition_penalty", 1),
            };
            var sampler = new TokenSampler(settings, given.Length);
            sampler.Filter(given, context);
            var (kept, expected) = (sampler.Kept.ToArray(), item["kept_ids"].Wholes());
            var name = string.Join(", ", named.Names().Select(field => $"{field} {named[field].Written}"));
            Report($"sampling {name}", "tokens kept that differ", new Worst(kept.Except(expected).Count() + expected.Except(kept).Count(), ""), 0);
            if (!kept.AsSpan().SequenceEqual(expected)) continue;
            var probabilities = new double[kept.Length];
            sampler.CopyProbabilities(probabilities);
            worst = new Worst();
            var right = item["probabilities"].Numbers();
            for (var i = 0; i < right.Length; i++) worst.See(Math.Abs(probabilities[i] - right[i]), $"token {kept[i]}");
            Report($"sampling {name}", "probabilities", worst, Probabilities);
        }
    }

    private void Rounded(ReferenceValue node)
    {
        var ids = node["input_ids"].Wholes();
        var batch = TokenBatch.Of(ids);
        var rows = node["logits_computed_in_float32"].Items();
        using (var model = _open(_folder, ModelPrecision.Float32, true))
        {
            var worst = new Worst();
            See(worst, rows, [.. Enumerable.Range(0, rows.Count)], Logits(model, batch));
            Report("bf16_weights", "logits, computed in float32", worst, Numbers);
            foreach (var name in node.Names().Where(name => name.StartsWith("greedy_", StringComparison.Ordinal)))
            {
                var wanted = node[name].Wholes();
                Report("bf16_weights", "generated tokens that differ, computed in float32", Differ(wanted, Generate(model, [ids], wanted.Length, null)[0]), 0);
            }
        }

        // Arithmetic in bfloat16 is another in every program: as far from the exact numbers as the reference's own, twice over.
        if (!node.Has("max_abs_difference")) return;
        using var coarse = _open(_folder, ModelPrecision.BFloat16, true);
        var far = new Worst();
        See(far, rows, [.. Enumerable.Range(0, rows.Count)], Logits(coarse, batch));
        Report("bf16_weights", "logits, computed in bfloat16", far, 2 * node["max_abs_difference"].Number());
    }

    private void Ppo(ReferenceValue ppo, ICausalModel shared)
    {
        using var model = shared.WithOwnWeights(values: false);
        var data = new PpoReference(ppo);
        var logs = new float[data.Predictions.Count];
        model.LogProbabilities(data.Batch, data.Predictions, 1, logs, []);
        var worst = new Worst();
        for (var i = 0; i < logs.Length; i++) worst.See(Math.Abs(logs[i] - data.NewLogProbabilities[i]), $"prediction {i}");
        Report("ppo", "log-probabilities", worst, Numbers);
        var loss = data.Loss();
        model.Backward(data.Batch, data.Predictions, 1, loss);
        Report("ppo", "loss", Apart(loss.Report.Loss, ppo["loss"]), Numbers);
        Report("ppo", "surrogate", Apart(loss.Report.Policy, ppo["pg_loss"]), Numbers);
        Report("ppo", "entropy", Apart(loss.Report.Entropy, ppo["entropy"]), Numbers);
        Report("ppo", "KL", Apart(loss.Report.Kl, ppo["kl"]), Numbers);
        Report("ppo", "clipped fraction", Apart(loss.Report.ClippedFraction, ppo["clipped_fraction"]), 1e-6);
        Gradient("ppo", model, "ppo_grads.safetensors", ppo["grad_norms"]);
        var training = ppo["training"];
        Train("ppo", model, data, loss, training["steps"].Items(), new Dictionary<int, string> { [1] = "ppo_after_1_step.safetensors", [4] = "ppo_after_4_steps.safetensors" });
    }

    private void CrossEntropy(ReferenceValue node, ICausalModel shared)
    {
        using var model = shared.WithOwnWeights(values: false);
        var (ids, labels) = (node["input_ids"].WholeRows(), node["labels"].WholeRows());
        var batch = TokenBatch.FromPadded(ids, node["attention_mask"].Mask(), out var indices);
        var (at, targets) = (new List<int>(), new List<int>());
        for (var i = 0; i < labels.Count; i++)
        {
            for (var t = 1; t < labels[i].Count; t++)
            {
                if (labels[i][t] < 0) continue;
                at.Add(indices[i][t - 1]);
                targets.Add(labels[i][t]);
            }
        }

        var loss = new CrossEntropyLoss(at.Count);
        model.Backward(batch, new Predictions(at, targets), 1, loss);
        Report("cross_entropy", "loss", Apart(loss.Loss, node["loss"]), Numbers);
        Gradient("cross_entropy", model, null, node["grad_norms"]);
    }

    private void Lora(ReferenceValue lora, ICausalModel shared)
    {
        using var adapter = AdapterFolder.Open(_home, _folder.Config);
        using var model = shared.WithAdapter(adapter.Config, values: false, seed: 0);
        model.Restore(LearnedState.Of(model.Learned, adapter));
        var worst = new Worst();
        var rows = lora["logits"].Items();
        See(worst, rows, [.. Enumerable.Range(0, rows.Count)], Logits(model, TokenBatch.Of(lora["input_ids"].Wholes())));
        Report("lora", "logits", worst, Numbers);
        var data = new PpoReference(_root["ppo"]);
        var loss = data.Loss();
        model.Backward(data.Batch, data.Predictions, 1, loss);
        Report("lora", "loss", Apart(loss.Report.Loss, lora["ppo_loss"]), Numbers);
        Gradient("lora", model, "lora_grads.safetensors", null);
        Train("lora", model, data, loss, lora["training_losses"].Items(), new Dictionary<int, string> { [4] = "lora_after_4_steps.safetensors" });
    }

    /// <summary>Steps of AdamW on the same data, the first along a gradient that is there already.</summary>
    private void Train(string name, ICausalModel model, PpoReference data, PpoTokenLoss loss, IReadOnlyList<ReferenceValue> steps, Dictionary<int, string> files)
    {
        var (losses, norms) = (new Worst(), new Worst());
        for (var step = 1; step <= steps.Count; step++)
        {
            if (step > 1)
            {
                loss = data.Loss();
                model.Backward(data.Batch, data.Predictions, 1, loss);
            }

            var wanted = steps[step - 1];
            losses.See(Math.Abs(loss.Report.Loss - (wanted.IsObject ? wanted["loss"] : wanted).Number()), $"step {step}");
            var norm = model.Step(Steps);
            if (wanted.IsObject) norms.See(Math.Abs((norm / wanted["grad_norm_before_clip"].Number()) - 1), $"step {step}");
            if (!files.TryGetValue(step, out var file)) continue;
            var (parameters, worst) = (model.Save().Parameters, new Worst());
            EachTensor(model, file, (tensor, part, values) =>
            {
                for (var i = 0; i < values.Length; i++) worst.See(Math.Abs(parameters[part.Offset + i] - values[i]), tensor);
            });
            Report($"{name} training", $"parameters after {step} step{(step == 1 ? "" : "s")}", worst, Numbers);
        }

        Report($"{name} training", "losses", losses, Numbers);
        if (steps[0].IsObject) Report($"{name} training", "gradient's norm before clipping, relative", norms, 1e-3);
    }

    private void Gradient(string name, ICausalModel model, string? file, ReferenceValue? norms)
    {
        var gradient = new float[model.Learned.Length];
        model.ReadGradient(gradient);
        if (norms is { } wanted)
        {
            var worst = new Worst();
            foreach (var tensor in wanted.Names())
            {
                var part = model.Learned.Find(tensor) ?? throw wanted[tensor].Wrong("is the norm of a tensor that this model does not have");
                worst.See(Math.Abs((Norm(gradient.AsSpan((int)part.Offset, (int)part.Length)) / wanted[tensor].Number()) - 1), tensor);
            }

            Report(name, "norms of gradients, relative", worst, Gradients);
        }

        if (file is null) return;
        var far = new Worst();
        EachTensor(model, file, (tensor, part, values) =>
        {
            var difference = new float[values.Length];
            for (var i = 0; i < difference.Length; i++) difference[i] = gradient[part.Offset + i] - values[i];
            var size = Norm(values);
            far.See(size > 0 ? Norm(difference) / size : Norm(difference), tensor);
        });
        Report(name, "gradients, by each tensor's norm", far, Gradients);
    }

    private void EachTensor(ICausalModel model, string file, Action<string, ParameterPart, float[]> see)
    {
        using var tensors = SafetensorsReader.Open(Path.Combine(_home, file));
        foreach (var entry in tensors.Tensors)
        {
            var part = model.Learned.Find(entry.Name);
            if (part is null || !part.Shape.SequenceEqual(entry.Shape))
                throw new SrpoException(ErrorKind.Damaged, $"'{tensors.Path}': {entry.Name}: is none of the tensors that learn in this model, or has another shape; use the file that belongs to it");
            var values = new float[part.Length];
            tensors.CopyTo(entry, values);
            see(entry.Name, part, values);
        }
    }

    /// <summary>The most likely tokens, with a cache.</summary>
    /// <param name="model">The model.</param>
    /// <param name="prompts">One or several, together.</param>
    /// <param name="count">Tokens of each.</param>
    /// <param name="end">Token that ends one; null for none.</param>
    private static List<int>[] Generate(ICausalModel model, IReadOnlyList<IReadOnlyList<int>> prompts, int count, int? end)
    {
        using var cache = model.CreateCache(prompts.Count, prompts.Max(prompt => prompt.Count) + count);
        var vocabulary = model.Config.VocabSize;
        var made = prompts.Select(_ => new List<int>()).ToArray();
        int[] rows = [.. Enumerable.Range(0, prompts.Count)];
        var logits = new float[rows.Length * vocabulary];
        model.Prefill(cache, rows, prompts, logits);
        while (true)
        {
            for (var i = 0; i < rows.Length; i++) made[rows[i]].Add(Largest(logits.AsSpan(i * vocabulary, vocabulary)));
            rows = [.. rows.Where(row => made[row].Count < count && made[row][^1] != end)];
            if (rows.Length == 0) return made;
            model.Step(cache, rows, Array.ConvertAll(rows, row => made[row][^1]), logits.AsSpan(0, rows.Length * vocabulary));
        }
    }

    /// <summary>The most likely token behind every beginning of a text, all of it computed anew.</summary>
    private static IEnumerable<int> Anew(ICausalModel model, int[] prompt, int[] generated)
    {
        var logits = Logits(model, TokenBatch.Of([.. prompt, .. generated]));
        return Enumerable.Range(prompt.Length - 1, generated.Length).Select(t => Largest(logits[t]));
    }

    private static float[][] Logits(ICausalModel model, TokenBatch batch)
    {
        var all = new float[batch.Count * model.Config.VocabSize];
        model.Logits(batch, all);
        return [.. all.Chunk(model.Config.VocabSize)];
    }

    private static int Largest(ReadOnlySpan<float> values)
    {
        var best = 0;
        for (var i = 1; i < values.Length; i++)
        {
            if (values[i] > values[best]) best = i;
        }

        return best;
    }

    private static double LogSumExp(float[] values)
    {
        var most = values.Max();
        return most + Math.Log(values.Sum(value => Math.Exp(value - most)));
    }

    private static double Norm(ReadOnlySpan<float> values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += (double)value * value;
        return Math.Sqrt(sum);
    }

    private static void See(Worst worst, IReadOnlyList<ReferenceValue> rows, int[] at, float[][] values)
    {
        for (var i = 0; i < rows.Count; i++) See(worst, rows[i].Numbers(), values[at[i]], $"token {at[i]}");
    }

    private static void See(Worst worst, double[] wanted, float[] values, string place)
    {
        for (var i = 0; i < wanted.Length; i++) worst.See(Math.Abs((i < values.Length ? values[i] : double.NaN) - wanted[i]), place);
    }

    private static Worst Differ(IReadOnlyList<int> wanted, IReadOnlyList<int> found)
    {
        var places = Enumerable.Range(0, Math.Max(wanted.Count, found.Count)).Where(i => i >= wanted.Count || i >= found.Count || wanted[i] != found[i]).ToArray();
        return new Worst(places.Length, places.Length == 0 ? "" : $"first at token {places[0]}");
    }

    private static Worst Apart(double value, ReferenceValue wanted) => new(Math.Abs(value - wanted.Number()), "");

    private void Report(string name, string quantity, Worst worst, double tolerance) => _found.Add(new LanguageDeviation(name, quantity, worst.Largest, tolerance, worst.Place));

    /// <summary>The largest of some deviations; what is no number is larger than all.</summary>
    private sealed class Worst(double largest = 0, string place = "")
    {
        public double Largest { get; private set; } = largest;

        public string Place { get; private set; } = place;

        public void See(double deviation, string where)
        {
            if (deviation <= Largest || double.IsNaN(Largest)) return;
            (Largest, Place) = (deviation, where);
        }
    }
}
