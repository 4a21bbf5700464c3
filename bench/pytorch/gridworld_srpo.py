#!/usr/bin/env python3
"""SRPO on the gridworld as one would write it in PyTorch: what `srpo bench` is held against.

    python3 bench/pytorch/gridworld_srpo.py [--rounds N] [--processes P] [--check]

The settings are those of the preset `official` (docs/environments/gridworld.md): 2 rollouts of 8 lanes x 128 steps a round, 4 epochs over the full
batch, networks 8-64-64-(5|1). Environments are vectorised over lanes in numpy, networks are nn.Sequential, gradients come from autograd, steps from
optim.Adam; one process a core with one thread each. Prints environment steps a second of all processes together; with --check the mean return of
the agents with each other at the end (about 570 with --rounds 1953), so that it is known to learn.
"""
import argparse
import multiprocessing
import os
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"
import numpy as np  # noqa: E402
import torch  # noqa: E402
from torch import nn  # noqa: E402

LANES, STEPS, EPISODE, EPOCHS = 8, 128, 50, 4
GAMMA, LAMBDA, CLIP, ENTROPY, VALUE, KL = 0.99, 0.95, 0.2, 0.1, 0.5, 0.1
SOURCES = np.array([[3, 4], [4, 3]])
MOVES = np.array([[-1, 0], [1, 0], [0, -1], [0, 1], [0, 0]])


class Gridworld:
    def __init__(self, lanes, random):
        self.lanes, self.random = lanes, random
        self.at = np.zeros((lanes, 2, 2), dtype=np.int64)
        self.carries = np.zeros((lanes, 2), dtype=bool)
        self.onions = np.ones((lanes, 2), dtype=bool)
        self.time = 0
        self.reset()

    def reset(self):
        swap = self.random.random(self.lanes) < 0.5
        self.at[:, 0] = np.where(swap[:, None], [0, 1], [1, 0])
        self.at[:, 1] = np.where(swap[:, None], [1, 0], [0, 1])
        self.carries[:] = False
        self.onions[:] = True
        self.time = 0

    def observe(self):
        seats = np.concatenate([self.at, self.carries[:, :, None]], axis=2).reshape(self.lanes, 6)
        return torch.from_numpy(np.concatenate([seats, self.onions], axis=1).astype(np.float32))

    def step(self, actions):
        """actions [lanes, 2]; rewards [lanes, 2] and whether the episode ended."""
        lanes, shared, cost = np.arange(self.lanes), np.zeros(self.lanes), np.zeros((self.lanes, 2))
        first = (self.random.random(self.lanes) < 0.5).astype(np.int64)
        for mover in (first, 1 - first):
            action = actions[lanes, mover]
            cost[lanes, mover] += 0.2 * (action != 4)
            target = np.clip(self.at[lanes, mover] + MOVES[action], 0, 4)
            pot = (target == 2).all(axis=1)
            shared += 10.0 * (pot & self.carries[lanes, mover])
            self.carries[lanes, mover] &= ~pot
            bump = ~pot & (target == self.at[lanes, 1 - mover]).all(axis=1)
            cost[lanes, mover] += 2.0 * bump
            moves = ~pot & ~bump
            self.at[lanes, mover] = np.where(moves[:, None], target, self.at[lanes, mover])
            for source in range(2):
                takes = moves & ~self.carries[lanes, mover] & self.onions[:, source] & (target == SOURCES[source]).all(axis=1)
                shared += takes
                self.onions[takes, source] = False
                self.carries[lanes, mover] |= takes
        self.onions |= self.random.random((self.lanes, 2)) < 0.2
        self.time += 1
        ended = self.time == EPISODE
        if ended:
            self.reset()
        return shared[:, None] - cost, ended


def perceptron(outputs):
    return nn.Sequential(nn.Linear(8, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, outputs))


class Actor:
    def __init__(self):
        self.policy, self.critic = perceptron(5), perceptron(1)
        self.optimizer = torch.optim.Adam([*self.policy.parameters(), *self.critic.parameters()], lr=6e-4)

    def copy(self):
        other = Actor()
        other.policy.load_state_dict(self.policy.state_dict())
        other.critic.load_state_dict(self.critic.state_dict())
        return other


def rollout(random, seats):
    """Plays; for each seat observations, actions, log-probabilities, values, and the rewards of both."""
    world = Gridworld(LANES, random)
    seen, rewards, ends = [], [], []
    kept = [([], [], []) for _ in seats]
    with torch.no_grad():
        for _ in range(STEPS):
            observation = world.observe()
            chosen = []
            for actor, (actions, logs, values) in zip(seats, kept):
                distribution = torch.distributions.Categorical(logits=actor.policy(observation))
                action = distribution.sample()
                actions.append(action)
                logs.append(distribution.log_prob(action))
                values.append(actor.critic(observation)[:, 0])
                chosen.append(action)
            reward, ended = world.step(torch.stack(chosen, dim=1).numpy())
            seen.append(observation)
            rewards.append(torch.from_numpy(reward.astype(np.float32)))
            ends.append(ended)
        last = [actor.critic(world.observe())[:, 0] for actor in seats]
    return torch.stack(seen), [[torch.stack(part) for part in one] for one in kept], torch.stack(rewards), ends, last


def advantages(rewards, values, ends, last):
    result, carried, following = torch.zeros_like(rewards), torch.zeros(LANES), last
    for t in range(STEPS - 1, -1, -1):
        going_on = 0.0 if ends[t] else 1.0
        delta = rewards[t] + GAMMA * following * going_on - values[t]
        carried = delta + GAMMA * LAMBDA * going_on * carried
        result[t], following = carried, values[t]
    return result.flatten(), (result + values).flatten()


def update(actor, observations, actions, logs, advantage, returns, entropy, partner=None):
    for _ in range(EPOCHS):
        distribution = torch.distributions.Categorical(logits=actor.policy(observations))
        ratio = (distribution.log_prob(actions) - logs).exp()
        loss = -torch.min(ratio * advantage, ratio.clamp(1 - CLIP, 1 + CLIP) * advantage).mean()
        if entropy > 0:
            loss = loss - entropy * distribution.entropy().mean()
        if partner is not None:
            loss = loss + KL * torch.distributions.kl_divergence(partner, distribution).mean()
        loss = loss + VALUE * (actor.critic(observations)[:, 0] - returns).pow(2).mean()
        actor.optimizer.zero_grad()
        loss.backward()
        actor.optimizer.step()


def train(seed, rounds, results):
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    agents = [Actor(), Actor()]
    adversaries = [agent.copy() for agent in agents]
    start = time.perf_counter()
    for _ in range(rounds):
        played = []
        for i in range(2):
            # Agent i in its seat, its adversary in the partner's.
            seats = [agents[0], adversaries[0]] if i == 0 else [adversaries[1], agents[1]]
            played.append(rollout(random, seats))
        with torch.no_grad():
            partners = [torch.distributions.Categorical(logits=agents[1 - i].policy(played[i][0].flatten(0, 1))) for i in range(2)]
        for i in range(2):
            seen, kept, rewards, ends, last = played[i]
            observations = seen.flatten(0, 1)
            for seat, actor, sign, entropy, partner in ((i, agents[i], 1, ENTROPY, None), (1 - i, adversaries[i], -1, 0.0, partners[i])):
                actions, logs, values = kept[seat]
                advantage, returns = advantages(sign * rewards[:, :, i], values, ends, last[seat])
                update(actor, observations, actions.flatten(), logs.flatten(), advantage, returns, entropy, partner)
    seconds = time.perf_counter() - start
    returns = [float(rollout(random, agents)[2].sum(dim=(0, 2)).mean()) for _ in range(20)]
    results.put((rounds * 2 * LANES * STEPS, seconds, float(np.mean(returns))))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--processes", type=int, default=multiprocessing.cpu_count())
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    results = multiprocessing.Queue()
    processes = [multiprocessing.Process(target=train, args=(seed, options.rounds, results)) for seed in range(options.processes)]
    for process in processes:
        process.start()
    done = [results.get() for _ in processes]
    for process in processes:
        process.join()
    print(f"torch {torch.__version__}, {options.processes} processes, {options.rounds} rounds: {sum(steps / seconds for steps, seconds, _ in done):.0f} steps/s")
    if options.check:
        print("returns of the agents with each other:", ", ".join(f"{value:.0f}" for _, _, value in done))


if __name__ == "__main__":
    main()
