"""A machine in an emulator (qemu, no KVM needed): Debian's kernel, a disk image, and lines of text from a program in it."""

import os
import queue
import random
import shutil
import subprocess
import threading
import time

from diskwrites import Kept, lose_power


class Machine:
    """One disk image, booted over and over. What is written while it runs reaches the image at the end, as the kind of end has it."""

    def __init__(self, folder: str, kernel: str, initramfs: str, disk: str) -> None:
        self.folder, self.kernel, self.initramfs, self.disk = folder, kernel, initramfs, disk
        self._process: subprocess.Popen | None = None
        self.console = os.path.join(folder, "console.log")

    def boot(self, mode: str, reboots: bool = False) -> None:
        """Switches it on. `mode` is what the program in it is to do."""
        overlay, log = os.path.join(self.folder, "overlay.qcow2"), os.path.join(self.folder, "writes.log")
        for path in (overlay, log):
            if os.path.exists(path):
                os.unlink(path)
        subprocess.run(["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", self.disk, overlay], check=True)
        open(log, "w").close()
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._process = subprocess.Popen(
            ["qemu-system-x86_64", "-accel", "tcg,thread=multi", "-smp", "2", "-m", "2048", "-display", "none", "-monitor", "none", "-nic", "none"]
            + ([] if reboots else ["-no-reboot"])
            + ["-kernel", self.kernel, "-initrd", self.initramfs]
            + ["-append", f"console=ttyS0 quiet panic=-1 net.ifnames=0 root=/dev/vda rw whirr.mode={mode}"]
            + ["-blockdev", f"driver=file,node-name=file,filename={overlay}", "-blockdev", "driver=qcow2,node-name=image,file=file"]
            + ["-blockdev", f"driver=file,node-name=log,filename={log}", "-blockdev", "driver=blklogwrites,node-name=disk,file=image,log=log"]
            + ["-device", "virtio-blk-pci,drive=disk"]
            + ["-device", "virtio-serial-pci", "-chardev", "stdio,id=lines,signal=off", "-device", "virtconsole,chardev=lines"]
            + ["-serial", f"file:{self.console}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        threading.Thread(target=self._read, args=(self._process.stdout, self._lines), daemon=True).start()

    @staticmethod
    def _read(stream, lines) -> None:
        for line in stream:
            lines.put(line.decode(errors="replace").rstrip("\r\n"))
        lines.put(None)

    def line(self, seconds: float) -> str | None:
        """The next line of the program in it; None when the machine is off. Raises TimeoutError after so many seconds without one."""
        try:
            return self._lines.get(timeout=max(seconds, 0))
        except queue.Empty:
            raise TimeoutError(f"the machine said nothing for {seconds:.0f} s; its console is in {self.console}") from None

    def lines(self, seconds: float):
        """All lines until it is off, or until so many seconds have gone by."""
        until = time.monotonic() + seconds
        while True:
            try:
                line = self.line(until - time.monotonic())
            except TimeoutError:
                return
            if line is None:
                return
            yield line

    def wait_off(self, seconds: float) -> None:
        """Waits until it has switched itself off; its disk then holds all that was written."""
        self._process.wait(timeout=seconds)
        subprocess.run(["qemu-img", "commit", "-q", os.path.join(self.folder, "overlay.qcow2")], check=True)

    def pull_the_plug(self, chance: random.Random) -> tuple[list[str], Kept]:
        """Cuts the power. Returns the lines that were still on their way, and what the disk kept."""
        self._process.kill()
        self._process.wait()
        rest = []
        while (line := self._lines.get()) is not None:
            rest.append(line)
        kept = lose_power(os.path.join(self.folder, "writes.log"), self.disk, chance)
        return rest, kept

    def keep(self, name: str) -> None:
        """Puts a copy of disk and console aside, to be looked at."""
        shutil.copy(self.disk, os.path.join(self.folder, f"{name}.disk"))
        shutil.copy(self.console, os.path.join(self.folder, f"{name}.console.log"))
