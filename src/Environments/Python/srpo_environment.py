"""Plays lanes of an environment with PettingZoo's parallel API for srpo, over stdin and stdout; docs/python-environments.md has the protocol."""
import sys
sys.path[:] = [path for path in sys.path if path]  # what lies where srpo was typed is imported only if it is named
import importlib, json, math, os, site, struct, sysconfig, threading, time, traceback
from array import array

source, sink = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)  # what the environment prints belongs to the log
if hasattr(os, "setsid"):
    os.setsid()  # Ctrl-C is for srpo, which may finish its round
lanes, at = [], None  # all lanes, and the one that is played, for errors


def watch(parent):  # an environment that hangs must not outlive srpo either
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def flat(value):  # the numbers of anything, in order
    value = value.tolist() if hasattr(value, "tolist") else value
    return [number for part in value for number in flat(part)] if isinstance(value, (list, tuple)) else [] if value is None else [value]


def packed(value):
    if hasattr(value, "astype"):
        return value.astype("f4").tobytes()
    try:
        return array("f", value).tobytes()
    except TypeError:  # not a row of numbers
        return array("f", flat(value)).tobytes()


def discrete(space):
    return hasattr(space, "n") and not getattr(space, "shape", None)


class Lane:
    def __init__(self, environment):
        self.environment, self.agents, self.metadata = environment, list(environment.possible_agents), getattr(environment, "metadata", None) or {}
        self.actions = [environment.action_space(agent) for agent in self.agents]
        spaces = [environment.observation_space(agent) for agent in self.agents]
        self.spaces = [space["observation"] if hasattr(space, "keys") else space for space in spaces]
        self.lengths = [int(space.n) if discrete(space) else None if getattr(space, "shape", None) is None else math.prod(space.shape) for space in self.spaces]
        self.starts = [int(getattr(space, "start", 0)) for space in self.actions]
        self.hot = [int(getattr(space, "start", 0)) if discrete(space) else None for space in self.spaces]
        says = [getattr(owner, name, None) for owner in (environment, getattr(environment, "unwrapped", None)) for name in ("max_cycles", "max_steps", "episode_length")]
        self.limit = next((int(length) for length in [*says, self.metadata.get("max_cycles")] if length), None)

    def describe(self):
        def bounds(space, name, of_one_hot):
            return [of_one_hot] if discrete(space) else [bound if abs(bound) < 3.4e38 else None for bound in flat(getattr(space, name, None))]

        start = self.reset(0)
        return {"agents": [{
            "name": str(agent), "actions": int(action.n) if discrete(action) else None, "actionSpace": repr(action), "observationSpace": repr(space), "length": length,
            "low": bounds(space, "low", 0), "high": bounds(space, "high", 1)} for agent, action, space, length in zip(self.agents, self.actions, self.spaces, self.lengths)],
            "masks": any(self.seen(agent, *start)[1] is not None for agent in self.agents), "episodeLength": self.limit, "sharedReward": bool(self.metadata.get("shared_reward")),
            "actionNames": self.metadata.get("action_names"), "observationNames": self.metadata.get("observation_names")}

    def reset(self, seed):
        self.steps = 0
        result = self.environment.reset(seed=seed)
        return result if isinstance(result, tuple) else (result, {})

    def seen(self, agent, observations, infos):  # with the mask, or None
        value = observations[agent]
        return (value["observation"], value.get("action_mask")) if hasattr(value, "keys") else (value, infos.get(agent, {}).get("action_mask"))

    def record(self, yields, ends, observations, infos):
        numbers, flags = [packed(yields)], [bytes(ends)]
        for agent, action, first, length in zip(self.agents, self.actions, self.hot, self.lengths):
            value, mask = self.seen(agent, observations, infos)
            numbers.append(packed(value if first is None else [i == int(value) - first for i in range(length)]))
            flags.append(b"" if mask is None else bytes(map(bool, flat(mask))))
            if len(numbers[-1]) != 4 * length or len(flags[-1]) not in (0, action.n):
                raise ValueError(f"{agent} observes {len(numbers[-1]) // 4} numbers, of which its space has {length}" + (f", and has a mask of {len(flags[-1])} for {action.n} actions" if mask is not None else ""))
        return b"".join(numbers), b"".join(flags)

    def begin(self, seed):
        return self.record([0] * (2 * len(self.agents)), (False, False), *self.reset(seed))

    def step(self, actions, seed):
        self.steps += 1
        chosen = {agent: start + action for agent, start, action in zip(self.agents, self.starts, actions)}
        observations, rewards, terminations, truncations, infos = self.environment.step(chosen)
        over = [agent for agent in self.agents if terminations[agent] or truncations[agent]]
        if over and over != self.agents:
            raise RuntimeError(f"{', '.join(map(str, over))} ended, and other agents go on; all agents of an episode must end together")
        terminated = all(terminations[agent] for agent in self.agents)
        truncated = not terminated and (bool(over) or self.steps >= self.limit)
        yields = [rewards[agent] for agent in self.agents] + [infos.get(agent, {}).get("cost", 0) for agent in self.agents]
        if terminated or truncated:
            observations, infos = self.reset(seed)
        return self.record(yields, (terminated, truncated), observations, infos)

    def draw(self):
        drawing = self.environment.render() if hasattr(self.environment, "render") and getattr(self.environment, "render_mode", "ansi") == "ansi" else ""
        return drawing.encode() if isinstance(drawing, str) else b""


def hello(version, folder, module, factory, arguments, count):
    global at
    if folder not in sys.path:
        sys.path.insert(0, folder)
    found, top = importlib.import_module(module), os.path.join(folder, module.split(".")[0])
    place = getattr(found, "__file__", None)
    if not place or (not os.path.abspath(place).startswith(os.path.join(folder, "")) and (os.path.exists(top + ".py") or os.path.exists(os.path.join(top, "__init__.py")))):
        raise ImportError(f"the name {module} is that of {place or 'a module without a file'}; give yours another name")
    make, files = getattr(found, factory), {name: getattr(module, "__file__", None) for name, module in list(sys.modules.items())}
    lanes.extend(Lane(make(**arguments)) for _ in range(count))
    at = 0 if lanes else None
    return {"version": 1, "executable": sys.executable, "file": os.path.abspath(place), "modules": {name: os.path.abspath(file) for name, file in files.items() if file},
            "installed": [*(sysconfig.get_paths()[kind] for kind in ("stdlib", "platstdlib", "purelib", "platlib")), *site.getsitepackages(), site.getusersitepackages()], **(lanes[0].describe() if lanes else {})}


def answer(kind, body):
    global at
    if kind == b"H":
        return kind, json.dumps(hello(**json.loads(body))).encode()
    if kind == b"D":
        at = struct.unpack("<I", body)[0]
        return kind, lanes[at].draw()
    records, seeds, seats = [], array("I", body[-4 * len(lanes):]), len(lanes[0].agents)
    for at, lane in enumerate(lanes):
        records.append(lane.begin(seeds[at]) if kind == b"R" else lane.step(body[seats * at:seats * (at + 1)], seeds[at]))
    return b"S", b"".join(numbers for numbers, _ in records) + b"".join(flags for _, flags in records)


threading.Thread(target=watch, args=(os.getppid(),), daemon=True).start()
while True:
    head = source.read(5)
    if len(head) < 5:  # srpo is done, or is no more
        break
    at = None
    try:
        size, kind = struct.unpack("<Ic", head)
        kind, body = answer(kind, source.read(size))
    except (Exception, SystemExit) as error:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith(("<", os.path.dirname(importlib.__file__)))]
        text = "".join(traceback.format_list(frames[-3:]) + traceback.format_exception_only(type(error), error))
        place = {} if at is None else {"lane": at, "step": getattr(lanes[at], "steps", 0)}
        kind, body = b"E", json.dumps({"type": type(error).__name__, "name": getattr(error, "name", None), "text": text, **place}).encode()
    sink.write(struct.pack("<Ic", len(body), kind) + body)
    sink.flush()
for lane in lanes:
    getattr(lane.environment, "close", lambda: None)()
