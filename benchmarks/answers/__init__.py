"""How well customers are understood and answered, on sets that nobody here wrote: `python -m benchmarks.answers`."""
