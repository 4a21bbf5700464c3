"""Plays lanes of an environment with PettingZoo's parallel API for srpo, over stdin and stdout; docs/python-environments.md has the protocol."""
import importlib, json, math, os, struct, sys, threading, time, traceback
from array import array

source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)  # what the environment prints belongs to the log
where = {}  # lane and step, for errors


def send(kind, *parts):
    sink.writelines([struct.pack("<Ic", sum(map(len, parts)), kind), *parts])
    sink.flush()


def receive():
    head = source.read(5)
    if len(head) < 5:  # srpo is done, or is no more
        return None, b""
    size, kind = struct.unpack("<Ic", head)
    return kind, source.read(size)


def watch(parent):  # an environment that hangs must not outlive srpo either
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def flat(value):  # the numbers of anything, in order
    value = value.tolist() if hasattr(value, "tolist") else value
    return [number for part in value for number in flat(part)] if isinstance(value, (list, tuple)) else [] if value is None else [value]


def sources(top, folder):  # of the module's package, and of what was imported from the folder that it lies in
    files = {name: os.path.abspath(module.__file__) for name, module in list(sys.modules.items()) if getattr(module, "__file__", None)}
    installed = tuple(prefix + os.sep for prefix in {sys.prefix, sys.base_prefix})
    return sorted({file for name, file in files.items() if file.startswith(os.path.join(folder, "")) and (name.split(".")[0] == top or not file.startswith(installed))})


class Lanes:
    def __init__(self, make, arguments, count):
        self.environments, self.count = [make(**arguments) for _ in range(count)], count
        first = self.environments[0]
        self.metadata = {**(getattr(first, "metadata", None) or {})}
        observations, infos = self.begin(0, 0)
        self.agents = list(getattr(first, "possible_agents", None) or first.agents)
        self.actions = [first.action_space(agent) for agent in self.agents]
        spaces = [first.observation_space(agent) for agent in self.agents]
        self.spaces = [space["observation"] if hasattr(space, "keys") else space for space in spaces]
        self.lengths = [int(space.n) if hasattr(space, "n") else int(math.prod(space.shape)) if getattr(space, "shape", None) is not None else None for space in self.spaces]
        self.masks = bool(self.agents) and self.mask(observations, infos, self.agents[0]) is not None
        self.steps, self.seen, self.legal = [0] * count, [[b""] * count for _ in self.agents], [[b""] * count for _ in self.agents]
        core = getattr(first, "unwrapped", first)
        self.limit = next((int(getattr(owner, name)) for owner in (first, core) for name in ("max_cycles", "max_steps", "episode_length") if getattr(owner, name, None)), self.metadata.get("max_cycles"))

    def describe(self):
        def bounds(space, name):
            return [number if math.isfinite(number) else None for number in array("f", flat(getattr(space, name, None)))]

        return {"agents": [{
            "name": str(agent), "actions": getattr(action, "n", None) and int(action.n), "actionSpace": repr(action), "observationSpace": repr(space),
            "length": length,
            "low": [0.0] if hasattr(space, "n") else bounds(space, "low"), "high": [1.0] if hasattr(space, "n") else bounds(space, "high"),
        } for agent, action, space, length in zip(self.agents, self.actions, self.spaces, self.lengths)],
            "masks": self.masks, "episodeLength": self.limit, "sharedReward": bool(self.metadata.get("shared_reward", False)),
            "actionNames": self.metadata.get("action_names"), "observationNames": self.metadata.get("observation_names")}

    def begin(self, lane, seed):
        where.update(lane=lane, step=0)
        result = self.environments[lane].reset(seed=seed)
        return result if isinstance(result, tuple) else (result, {})

    def mask(self, observations, infos, agent):
        observation = observations[agent]
        return observation.get("action_mask") if hasattr(observation, "keys") else infos.get(agent, {}).get("action_mask")

    def look(self, lane, observations, infos):
        for seat, (agent, space) in enumerate(zip(self.agents, self.spaces)):
            value = observations[agent]["observation"] if hasattr(observations[agent], "keys") else observations[agent]
            if hasattr(space, "n"):  # one number of n, which is written one-hot
                value = [float(i == int(value) - int(getattr(space, "start", 0))) for i in range(int(space.n))]
            seen = value.astype("<f4").tobytes() if hasattr(value, "astype") else array("f", flat(value)).tobytes()
            legal = bytes(1 if legal else 0 for legal in flat(self.mask(observations, infos, agent))) if self.masks else b""
            if len(seen) != 4 * self.lengths[seat] or (self.masks and len(legal) != self.actions[seat].n):
                raise ValueError(f"{agent} observes {len(seen) // 4} numbers, of which its space has {self.lengths[seat]}" + (f", and has a mask of {len(legal)} for {self.actions[seat].n} actions" if self.masks else ""))
            self.seen[seat][lane], self.legal[seat][lane] = seen, legal

    def reset(self, seeds):
        self.steps = [0] * self.count
        for lane, seed in enumerate(seeds):
            self.look(lane, *self.begin(lane, seed))
        return self.reply(array("f", bytes(8 * len(self.agents) * self.count)), bytes(2 * self.count))

    def step(self, actions, seeds):
        seats, count = len(self.agents), self.count
        yields, ends = array("f", bytes(8 * seats * count)), bytearray(2 * count)
        for lane, environment in enumerate(self.environments):
            self.steps[lane] += 1
            where.update(lane=lane, step=self.steps[lane])
            chosen = {agent: int(getattr(space, "start", 0)) + actions[seat * count + lane] for seat, (agent, space) in enumerate(zip(self.agents, self.actions))}
            observations, rewards, terminations, truncations, infos = environment.step(chosen)
            over = [bool(terminations[agent] or truncations[agent]) for agent in self.agents]
            if any(over) and not all(over):
                raise RuntimeError(f"{self.agents[over.index(True)]} has ended and {self.agents[over.index(False)]} goes on; all agents of an episode must end together")
            for seat, agent in enumerate(self.agents):
                yields[seat * count + lane], yields[(seats + seat) * count + lane] = rewards[agent], infos.get(agent, {}).get("cost", 0)
            ends[lane] = all(terminations[agent] for agent in self.agents)
            ends[count + lane] = not ends[lane] and (over[0] or self.steps[lane] >= self.limit)
            if ends[lane] or ends[count + lane]:
                observations, infos = self.begin(lane, seeds[lane])
                self.steps[lane] = 0
            self.look(lane, observations, infos)
        return self.reply(yields, ends)

    def reply(self, yields, ends):
        return [yields.tobytes(), ends, *(part for parts in (self.seen, self.legal) for seat in parts for part in seat)]

    def draw(self, lane):
        environment = self.environments[lane]
        drawing = environment.render() if hasattr(environment, "render") and getattr(environment, "render_mode", "ansi") == "ansi" else ""
        return [drawing.encode() if isinstance(drawing, str) else b""]


    def close(self):
        for environment in self.environments:
            getattr(environment, "close", lambda: None)()


def main():
    threading.Thread(target=watch, args=(os.getppid(),), daemon=True).start()
    lanes = None
    while True:
        kind, body = receive()
        if kind is None:
            return lanes and lanes.close()
        where.clear()
        try:
            if kind == b"H":
                hello = json.loads(body)
                sys.path[:] = [path for path in sys.path if path]
                if hello["folder"] not in sys.path:
                    sys.path.insert(0, hello["folder"])
                module = importlib.import_module(hello["module"])
                make, file = getattr(module, hello["factory"]), os.path.abspath(module.__file__)
                folder, top = file, hello["module"].split(".")
                for _ in range(len(top) + (os.path.basename(file) == "__init__.py")):
                    folder = os.path.dirname(folder)
                about = {"version": 1, "file": file, "sources": sources(top[0], folder)}
                if hello["lanes"]:
                    lanes = Lanes(make, hello["arguments"], hello["lanes"])
                    about.update(lanes.describe())
                send(b"H", json.dumps(about).encode())
            elif kind == b"R":
                send(b"S", *lanes.reset(array("I", body)))
            elif kind == b"A":
                split = len(lanes.agents) * lanes.count
                send(b"S", *lanes.step(body[:split], array("I", body[split:])))
            elif kind == b"D":
                send(b"D", *lanes.draw(struct.unpack("<I", body)[0]))
        except Exception as error:
            trace = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("<")]
            text = "".join(traceback.format_list(trace[-3:])) + "".join(traceback.format_exception_only(type(error), error))
            send(b"E", json.dumps({"type": type(error).__name__, "name": getattr(error, "name", None), "text": text, **where}).encode())


main()
