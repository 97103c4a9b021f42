"""Whether a process's memory is flat once it has warmed up."""

from pathlib import Path

PAGE = 4096
#: The part of the time that counts as warming up.
WARM_UP = 1 / 3


class Memory:
    """Looks at one process from time to time."""

    def __init__(self) -> None:
        #: Seconds since the beginning, and resident MiB.
        self.seen: list[tuple[float, float]] = []

    def look(self, pid: int, at: float) -> None:
        """Notes what it has now."""
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        self.seen.append((at, pages * PAGE / (1 << 20)))

    @property
    def warm(self) -> list[tuple[float, float]]:
        """What was seen after the warm-up."""
        return self.seen[int(len(self.seen) * WARM_UP):]

    @property
    def slope(self) -> float:
        """MiB a second, by least squares."""
        count = len(self.warm)
        if count < 3:
            return 0
        times, sizes = zip(*self.warm)
        middle, mean = sum(times) / count, sum(sizes) / count
        spread = sum((at - middle) ** 2 for at in times)
        return sum((at - middle) * (size - mean) for at, size in self.warm) / spread

    @property
    def growth(self) -> float:
        """MiB over the time after the warm-up."""
        return self.slope * (self.warm[-1][0] - self.warm[0][0]) if len(self.warm) >= 3 else 0

    def __str__(self) -> str:
        if not self.seen:
            return "not looked at"
        sizes = [size for _, size in self.seen]
        return f"{sizes[0]:.0f} MiB at first, {max(sizes):.0f} at most, {sizes[-1]:.0f} at last, {self.slope * 60:+.2f} a minute"
