/* output.c - see output.h. */
#include "runtime/output.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Decisions leave in such pieces: a system call a line would cost more than the rules do. */
#define OUTPUT_PIECE_BYTES 65536

void output_open(output *out, int file) {
  *out = (output){.file = file, .live = isatty(file) == 1};
}

bool output_flush(output *out) {
  size_t done = 0;
  while (!out->ended && done < out->text.length) {
    ssize_t wrote = write(out->file, out->text.bytes + done, out->text.length - done);
    if (wrote >= 0) {
      done += (size_t)wrote;
    } else if (errno != EINTR) {
      out->ended = true;
      if (errno != EPIPE) out->error = errno;
    }
  }
  buffer_clear(&out->text);
  return !out->ended;
}

bool output_turn(output *out) {
  if (out->text.length >= OUTPUT_PIECE_BYTES || (out->live && out->text.length > 0))
    return output_flush(out);
  return !out->ended;
}

int output_close(output *out, int exit_code) {
  output_flush(out);
  buffer_free(&out->text);
  if (out->error == 0) return exit_code;
  say("could not write the output: %s", strerror(out->error));
  return EXIT_USAGE;
}

void say(const char *format, ...) {
  char sentence[1024];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(sentence, sizeof sentence, format, arguments);
  va_end(arguments);
  if (length > 0) fprintf(stderr, "treaty: %s\n", sentence);
}
