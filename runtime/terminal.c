/* terminal.c - see terminal.h. */
#include "runtime/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "grammar/civil.h"

#define COLUMNS_DEFAULT 80
#define COLUMNS_MIN     20
#define COLUMNS_MAX     1000

bool terminal_colour(int file) {
  const char *no_colour = getenv("NO_COLOR"), *term = getenv("TERM");
  if (no_colour && *no_colour) return false;
  if (term && strcmp(term, "dumb") == 0) return false;
  return isatty(file) == 1;
}

static size_t within(size_t columns) {
  if (columns < COLUMNS_MIN) return COLUMNS_MIN;
  return columns > COLUMNS_MAX ? COLUMNS_MAX : columns;
}

size_t terminal_columns(int file) {
  const char *columns = getenv("COLUMNS");
  if (columns && *columns) {
    char *end;
    unsigned long number = strtoul(columns, &end, 10);
    if (*end == '\0' && number > 0) return within(number);
  }
  struct winsize size;
  if (ioctl(file, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return within(size.ws_col);
  return COLUMNS_DEFAULT;
}

/* Bytes of the control character at the front: C0, DEL, and the C1 ones, which UTF-8 writes C2 80
 * to C2 9F. */
static size_t control_bytes(const unsigned char *at, size_t left) {
  if (*at < 0x20 || *at == 0x7f) return 1;
  return left >= 2 && at[0] == 0xc2 && at[1] >= 0x80 && at[1] <= 0x9f ? 2 : 0;
}

void terminal_put_text(buffer *out, treaty_text text) {
  const unsigned char *bytes = (const unsigned char *)text.bytes;
  size_t start = 0;
  for (size_t i = 0; i < text.length;) {
    size_t control = control_bytes(bytes + i, text.length - i);
    if (control == 0) {
      i++;
      continue;
    }
    buffer_put(out, bytes + start, i - start);
    buffer_put(out, "?", 1);
    i += control;
    start = i;
  }
  if (text.length > start) buffer_put(out, bytes + start, text.length - start);
}

void terminal_put_instant(buffer *out, const treaty_program *program, int64_t time_ms) {
  char text[TREATY_TIME_TEXT_BYTES];
  buffer_put(out, text, treaty_time_text(program, time_ms, text));
}

void terminal_put_duration(buffer *out, int64_t duration_ms, bool open_time) {
  int64_t unit_ms = 1; /* of what is shown last */
  if (duration_ms >= TR_DAY_MS && !open_time)
    unit_ms = TR_HOUR_MS;
  else if (duration_ms >= TR_HOUR_MS)
    unit_ms = TR_MINUTE_MS;
  else if (duration_ms >= TR_MINUTE_MS)
    unit_ms = TR_SECOND_MS;
  int64_t rounded_ms = (duration_ms + unit_ms / 2) / unit_ms * unit_ms;
  char text[TR_DURATION_TEXT_BYTES];
  size_t length =
      open_time ? tr_format_open_time(rounded_ms, text) : tr_format_duration(rounded_ms, text);
  buffer_put(out, text, length);
}

size_t terminal_width(const char *text, size_t length) {
  size_t width = 0;
  for (size_t i = 0; i < length; i++) width += ((unsigned char)text[i] & 0xc0) != 0x80;
  return width;
}
