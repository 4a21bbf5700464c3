"""Two walkers in a corridor who are paid for meeting, and pay for walking. Plain Python, with PettingZoo's parallel API."""
import random
from types import SimpleNamespace


class Corridor:
    metadata = {"name": "corridor", "action_names": ["left", "stay", "right"], "observation_names": ["own place", "place of the other"]}
    render_mode = "ansi"

    def __init__(self, length=9, max_cycles=20, slip=0.1):
        self.length, self.max_cycles, self.slip = length, max_cycles, slip
        self.possible_agents = ["walker_0", "walker_1"]

    def action_space(self, agent):  # or gymnasium.spaces.Discrete(3)
        return SimpleNamespace(n=3)

    def observation_space(self, agent):  # or gymnasium.spaces.Box(0, 1, (2,))
        return SimpleNamespace(shape=(2,), low=0.0, high=1.0)

    def reset(self, seed=None, options=None):
        self.random, self.cycles = random.Random(seed), 0
        self.places = self.random.sample(range(self.length), 2)
        return self.observe(), {agent: {} for agent in self.possible_agents}

    def step(self, actions):
        self.cycles += 1
        costs = []
        for walker, agent in enumerate(self.possible_agents):
            way = actions[agent] - 1
            if self.random.random() >= self.slip:
                self.places[walker] = min(max(self.places[walker] + way, 0), self.length - 1)
            costs.append(0.05 * abs(way))
        met = self.places[0] == self.places[1]
        late = not met and self.cycles >= self.max_cycles
        self.agents = [] if met or late else list(self.possible_agents)
        rewards, ends, cuts, infos = {}, {}, {}, {}
        for agent, cost in zip(self.possible_agents, costs):
            rewards[agent], ends[agent], cuts[agent], infos[agent] = float(met) - cost, met, late, {"cost": cost}
        return self.observe(), rewards, ends, cuts, infos

    def observe(self):
        own, other = (place / (self.length - 1) for place in self.places)
        return {"walker_0": [own, other], "walker_1": [other, own]}

    def render(self):
        return "".join("01"[self.places.index(cell)] if cell in self.places else "." for cell in range(self.length))


def make(**arguments):
    return Corridor(**arguments)
