#!/usr/bin/env python3
"""A decoder of Qwen2.5's form as one would write it in PyTorch: what `srpo bench language` is held against.

    python3 bench/pytorch/language_model.py [CONFIG] [--repetitions N]

CONFIG is the config.json of a model of the form `qwen2` (default: the sizes of Qwen2.5-0.5B). Weights are random, bfloat16, on one thread: eager
modules, autograd, attention written out, torch.optim.AdamW. Measures what `srpo bench language` measures, in the same units: a prompt of 1 x 256
with the logits of its last token; generation of 16 tokens for 16 sequences with a cache of keys and values, 32 tokens before them; one step of PPO
with entropy on 4 x 256 tokens with adapters of rank 32 on every linear layer. Tokens per second of processor time, best of the repetitions.
"""
import argparse
import json
import time

import torch
from torch import nn
from torch.nn import functional as F

QWEN = dict(hidden_size=896, intermediate_size=4864, num_hidden_layers=24, num_attention_heads=14, num_key_value_heads=2, vocab_size=151936, rms_norm_eps=1e-6, rope_theta=1e6)
RANK = 32


class Linear(nn.Module):
    def __init__(self, inputs, outputs, bias=False):
        super().__init__()
        self.base = nn.Linear(inputs, outputs, bias=bias)
        self.base.requires_grad_(False)
        self.low = None

    def adapt(self):
        self.low = nn.Linear(self.base.in_features, RANK, bias=False)
        self.high = nn.Linear(RANK, self.base.out_features, bias=False)
        nn.init.zeros_(self.high.weight)

    def forward(self, x):
        return self.base(x) if self.low is None else self.base(x) + self.high(self.low(x))


class Norm(nn.Module):
    def __init__(self, width, epsilon):
        super().__init__()
        self.weight, self.epsilon = nn.Parameter(torch.ones(width), requires_grad=False), epsilon

    def forward(self, x):
        wide = x.float()
        return self.weight * (wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + self.epsilon)).to(x.dtype)


def turn(x, cos, sin):
    half = x.shape[-1] // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), -1) * sin


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.heads, self.groups, self.size = c.num_attention_heads, c.num_key_value_heads, c.hidden_size // c.num_attention_heads
        self.query, self.key, self.value = (Linear(c.hidden_size, n * self.size, bias=True) for n in (self.heads, self.groups, self.groups))
        self.out = Linear(self.heads * self.size, c.hidden_size)
        self.gate, self.up, self.down = Linear(c.hidden_size, c.intermediate_size), Linear(c.hidden_size, c.intermediate_size), Linear(c.intermediate_size, c.hidden_size)
        self.before, self.after = Norm(c.hidden_size, c.rms_norm_eps), Norm(c.hidden_size, c.rms_norm_eps)

    def forward(self, x, cos, sin, mask, cache):
        rows, length, _ = x.shape
        normed = self.before(x)
        q, k, v = (layer(normed).view(rows, length, n, self.size).transpose(1, 2) for layer, n in ((self.query, self.heads), (self.key, self.groups), (self.value, self.groups)))
        q, k = turn(q, cos, sin), turn(k, cos, sin)
        if cache is not None:
            if cache:
                k, v = torch.cat((cache[0], k), 2), torch.cat((cache[1], v), 2)
            cache[:] = [k, v]
        repeat = self.heads // self.groups
        k, v = k.repeat_interleave(repeat, 1), v.repeat_interleave(repeat, 1)
        scores = q @ k.transpose(2, 3) * self.size**-0.5
        if mask is not None:
            scores = scores + mask
        mixed = (torch.softmax(scores.float(), -1).to(x.dtype) @ v).transpose(1, 2).reshape(rows, length, -1)
        x = x + self.out(mixed)
        normed = self.after(x)
        return x + self.down(F.silu(self.gate(normed)) * self.up(normed))


class Decoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.config, self.size = c, c.hidden_size // c.num_attention_heads
        self.embedding = nn.Embedding(c.vocab_size, c.hidden_size)
        self.embedding.requires_grad_(False)
        self.layers = nn.ModuleList(Layer(c) for _ in range(c.num_hidden_layers))
        self.last = Norm(c.hidden_size, c.rms_norm_eps)

    def forward(self, tokens, caches=None, begin=0):
        length = tokens.shape[1]
        frequencies = self.config.rope_theta ** (-torch.arange(0, self.size, 2).float() / self.size)
        angles = torch.outer(torch.arange(begin, begin + length).float(), frequencies).repeat(1, 2)
        cos, sin = angles.cos().bfloat16(), angles.sin().bfloat16()
        mask = torch.full((length, length), -1e9).triu(1).bfloat16() if length > 1 else None
        x = self.embedding(tokens)
        for i, layer in enumerate(self.layers):
            x = layer(x, cos, sin, mask, None if caches is None else caches[i])
        return self.last(x)

    def logits(self, hidden):
        return F.linear(hidden, self.embedding.weight)


def best(repetitions, tokens, work):
    work()
    rates = []
    for _ in range(repetitions):
        begin = time.process_time()
        work()
        rates.append(tokens / (time.process_time() - begin))
    return max(rates)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", nargs="?", metavar="CONFIG")
    parser.add_argument("--repetitions", type=int, default=3)
    arguments = parser.parse_args()
    config = QWEN if arguments.config is None else {**QWEN, **json.load(open(arguments.config, encoding="utf-8"))}
    torch.set_num_threads(1)
    torch.manual_seed(1)
    model = Decoder(argparse.Namespace(**config))
    for parameter in model.parameters():
        if parameter.dim() > 1:
            nn.init.normal_(parameter, std=0.02)
    model = model.bfloat16()
    vocabulary = config["vocab_size"]

    @torch.no_grad()
    def prompt():
        model.logits(model(tokens)[:, -1])

    tokens = torch.randint(vocabulary, (1, 256))
    print(f"torch {torch.__version__}, one thread")
    print(f"prompt, 1 x 256: {best(arguments.repetitions, 256, prompt):.0f} tokens per CPU second", flush=True)

    with torch.no_grad():
        filled = [[] for _ in model.layers]
        model(torch.randint(vocabulary, (16, 32)), filled)

    @torch.no_grad()
    def generate():
        caches = [list(pair) for pair in filled]
        for step in range(16):
            model.logits(model(torch.randint(vocabulary, (16, 1)), caches, 32 + step))

    print(f"generation, 16 at a time: {best(arguments.repetitions, 256, generate):.0f} tokens per CPU second", flush=True)

    for module in model.modules():
        if isinstance(module, Linear):
            module.adapt()
    model = model.bfloat16()
    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=1e-6)
    batch = torch.randint(vocabulary, (4, 256))

    def of_tokens():
        logs = torch.log_softmax(model.logits(model(batch)[:, :-1]).float(), -1)
        return logs.gather(-1, batch[:, 1:, None])[..., 0], -(logs.exp() * logs).sum(-1)

    with torch.no_grad():
        old, _ = of_tokens()

    def train():
        optimizer.zero_grad(set_to_none=True)
        new, entropy = of_tokens()
        ratio = (new - old).exp()
        (-torch.minimum(ratio, ratio.clamp(0.8, 1.2)).mean() - 0.001 * entropy.mean()).backward()
        optimizer.step()

    print(f"LoRA training with PPO, 4 x 256, rank {RANK}: {best(arguments.repetitions, 1024, train):.0f} tokens per CPU second")


if __name__ == "__main__":
    main()
