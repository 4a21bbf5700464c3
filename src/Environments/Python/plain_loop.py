"""Plays one environment as a program in Python would, for srpo bench environment: reads lines of seconds, plays for so long with random legal actions, and writes steps a second."""
import sys
sys.path[:] = [path for path in sys.path if path]
import importlib, json, random, time

folder, module, factory, arguments = sys.argv[1:]
sys.path.insert(0, folder)
answers, sys.stdout = sys.stdout, sys.stderr
environment = getattr(importlib.import_module(module), factory)(**json.loads(arguments))
agents, draw, episode = environment.possible_agents, random.Random(1), 0
spaces = {agent: environment.action_space(agent) for agent in agents}
drawn = [{agent: getattr(space, "start", 0) + draw.randrange(int(space.n)) for agent, space in spaces.items()} for _ in range(64)]
observations, infos = environment.reset(seed=0)


def mask(agent):
    seen = observations[agent]
    return seen.get("action_mask") if hasattr(seen, "keys") else infos.get(agent, {}).get("action_mask")


masks = mask(agents[0]) is not None
for line in sys.stdin:
    steps, begin, end = 0, time.perf_counter(), time.perf_counter() + float(line)
    while time.perf_counter() < end:
        if masks:
            actions = {agent: getattr(spaces[agent], "start", 0) + draw.choice([action for action, legal in enumerate(mask(agent)) if legal]) for agent in agents}
        else:
            actions = drawn[steps % len(drawn)]
        observations, rewards, terminations, truncations, infos = environment.step(actions)
        steps += 1
        if all(terminations[agent] or truncations[agent] for agent in agents):
            episode += 1
            observations, infos = environment.reset(seed=episode)
    print(steps / (time.perf_counter() - begin), file=answers, flush=True)
