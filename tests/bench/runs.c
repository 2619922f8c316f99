/*
 * Runs several commands in turn, again and again, and prints how long each run took: what is compared is measured side by side, so
 * that a slow moment of the machine hits all of them.
 *
 * usage: runs [-p PAUSE_MS] [-f PIPE] ROUNDS COMMAND [ARGUMENT...] [, COMMAND...]
 *
 * An argument that is a comma ends a command and begins the next. An argument {} is replaced by the number of the
 * round, from 1. Standard input and output of the commands are /dev/null. One that does not exit with 0 ends it all: a failure is
 * never counted as a fast run.
 *
 * Prints a line per run: NUMBER_OF_COMMAND NS_TO_EXIT [NS_TO_FIRST_INSTRUCTION], the last with -f only, where each command must bring
 * about that one first-instruction writes to PIPE. Both count from just before posix_spawn.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"

enum { MAX_COMMANDS = 16, MAX_ARGUMENTS = 64, PATIENCE_MS = 20000 };

extern char **environ;

static void fail(const char *what, int error)
{
    fprintf(stderr, "runs: %s: %s\n", what, strerror(error));
    exit(1);
}

static pid_t start(char **command, const char *round)
{
    char *arguments[MAX_ARGUMENTS + 1];
    int count = 0;
    for (; command[count] != NULL; count++) {
        if (count == MAX_ARGUMENTS)
            fail(command[0], E2BIG);
        arguments[count] = strcmp(command[count], "{}") == 0 ? (char *)round : command[count];
    }
    arguments[count] = NULL;

    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child;
    int error = posix_spawnp(&child, arguments[0], &files, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&files);
    if (error != 0)
        fail(arguments[0], error);
    return child;
}

static void await_success(pid_t child, const char *name)
{
    int status;
    if (waitpid(child, &status, 0) != child)
        fail("waitpid", errno);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "runs: %s ended with status 0x%x\n", name, (unsigned)status);
        exit(1);
    }
}

static int64_t read_first_instruction(int pipe, const char *name)
{
    struct pollfd wanted = { .fd = pipe, .events = POLLIN };
    int64_t time;
    if (poll(&wanted, 1, PATIENCE_MS) != 1 || read(pipe, &time, sizeof time) != sizeof time) {
        fprintf(stderr, "runs: the job that %s submitted did not start within %d s\n", name, PATIENCE_MS / 1000);
        exit(1);
    }
    return time;
}

int main(int argc, char **argv)
{
    int pause_ms = 0, pipe = -1, option;
    while ((option = getopt(argc, argv, "+p:f:")) != -1) {
        if (option == 'p')
            pause_ms = atoi(optarg);
        else if (option != 'f' || (pipe = open(optarg, O_RDWR | O_CLOEXEC)) < 0)
            fail("options", option == 'f' ? errno : EINVAL);
    }

    if (argc < optind + 2 || atoi(argv[optind]) <= 0)
        fail("usage: runs [-p PAUSE_MS] [-f PIPE] ROUNDS COMMAND...", EINVAL);
    int rounds = atoi(argv[optind]), count = 0;
    char **commands[MAX_COMMANDS];
    commands[count++] = &argv[optind + 1];
    for (int i = optind + 1; i < argc; i++) {
        if (strcmp(argv[i], ",") == 0) {
            if (count == MAX_COMMANDS)
                fail("too many commands", E2BIG);
            argv[i] = NULL;
            commands[count++] = &argv[i + 1];
        }
    }

    struct timespec pause = { .tv_sec = pause_ms / 1000, .tv_nsec = pause_ms % 1000 * 1000000L };
    for (int round = 1; round <= rounds; round++) {
        char number[16];
        snprintf(number, sizeof number, "%d", round);
        for (int i = 0; i < count; i++) {
            int64_t began = now_ns();
            pid_t child = start(commands[i], number);
            await_success(child, commands[i][0]);
            int64_t ended = now_ns();
            if (pipe < 0)
                printf("%d %" PRId64 "\n", i, ended - began);
            else
                printf("%d %" PRId64 " %" PRId64 "\n", i, ended - began, read_first_instruction(pipe, commands[i][0]) - began);
            nanosleep(&pause, NULL);
        }
    }
    return 0;
}
