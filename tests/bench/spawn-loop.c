/*
 * The least that running programs can cost: posix_spawn and waitpid, nothing recorded, nobody watched.
 *
 * usage: spawn-loop COUNT AT_ONCE PROGRAM
 * Prints the seconds that COUNT runs took with at most AT_ONCE at a time.
 */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "clock.h"

extern char **environ;

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    int count = atoi(argv[1]), at_once = atoi(argv[2]), started = 0, running = 0;
    char *arguments[] = { argv[3], NULL };
    int64_t began = now_ns();
    while (started < count || running > 0) {
        if (started < count && running < at_once) {
            pid_t child;
            int error = posix_spawn(&child, arguments[0], NULL, NULL, arguments, environ);
            if (error != 0) {
                fprintf(stderr, "spawn-loop: %s: %s\n", arguments[0], strerror(error));
                return 1;
            }
            started++;
            running++;
            continue;
        }
        int status;
        if (wait(&status) < 0 || status != 0) {
            fprintf(stderr, "spawn-loop: a run failed: %s\n", strerror(errno));
            return 1;
        }
        running--;
    }
    printf("%.9f\n", (now_ns() - began) / 1e9);
    return 0;
}
