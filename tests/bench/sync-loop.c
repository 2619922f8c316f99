/*
 * What a disk can do for one who must not lose anything: append 4 KiB, fdatasync(2), and again.
 *
 * usage: sync-loop FILE COUNT
 * Prints the seconds that COUNT appends took. FILE is made, and removed in the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

int main(int argc, char **argv)
{
    static char page[4096];
    if (argc != 3)
        return 2;
    int file = open(argv[1], O_WRONLY | O_CREAT | O_EXCL | O_APPEND, 0600);
    int64_t began = now_ns();
    for (int i = atoi(argv[2]); i > 0; i--) {
        memset(page, i, sizeof page);
        if (write(file, page, sizeof page) != sizeof page || fdatasync(file) != 0) {
            fprintf(stderr, "sync-loop: %s: %s\n", argv[1], strerror(errno));
            return 1;
        }
    }
    printf("%.9f\n", (now_ns() - began) / 1e9);
    return unlink(argv[1]) == 0 ? 0 : 1;
}
