/* progress.c - see progress.h. */
#include "runtime/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "runtime/buffer.h"
#include "runtime/table.h"
#include "runtime/terminal.h"

#define PROGRESS_AFTER_MS 1000
#define PROGRESS_EVERY_MS 100
#define BAR_COLUMNS_MAX   40
#define REST_COLUMNS      46 /* what stands beside the bar at most */

static int64_t monotonic_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void progress_begin(progress *bar, bool wanted) {
  *bar = (progress){.never = !wanted || isatty(STDERR_FILENO) != 1, .began_ms = monotonic_ms()};
}

static void put_bar(buffer *line, uint64_t read, uint64_t total) {
  size_t columns = terminal_columns(STDERR_FILENO);
  size_t width = columns > REST_COLUMNS + 10 ? columns - REST_COLUMNS : 10;
  if (width > BAR_COLUMNS_MAX) width = BAR_COLUMNS_MAX;
  if (read > total) read = total;
  size_t full = (size_t)((unsigned __int128)read * width / total);
  buffer_put(line, "[", 1);
  for (size_t i = 0; i < width; i++) buffer_put(line, i < full ? "#" : ".", 1);
  buffer_print(line, "] %3u %%", (unsigned)((unsigned __int128)read * 100 / total));
}

static void draw(int64_t elapsed_ms, uint64_t events, uint64_t read, uint64_t total) {
  buffer line = {0};
  buffer_print(&line, "\r\033[K");
  if (total > 0)
    put_bar(&line, read, total);
  else
    buffer_print(&line, "%llu MB read", (unsigned long long)(read / 1000000));
  char rate[TABLE_NUMBER_BYTES];
  uint64_t rate_now = (uint64_t)((unsigned __int128)events * 1000 / (uint64_t)elapsed_ms);
  buffer_print(&line, "  %lld s  %s events a second", (long long)(elapsed_ms / 1000),
               table_number(rate_now, rate));
  fwrite(line.bytes, 1, line.length, stderr);
  fflush(stderr);
  buffer_free(&line);
}

void progress_tell(progress *bar, uint64_t events, uint64_t bytes_read, uint64_t bytes_total) {
  if (bar->never) return;
  int64_t now_ms = monotonic_ms(), elapsed_ms = now_ms - bar->began_ms;
  if (elapsed_ms < PROGRESS_AFTER_MS || now_ms - bar->drawn_ms < PROGRESS_EVERY_MS) return;
  draw(elapsed_ms, events, bytes_read, bytes_total);
  bar->drawn_ms = now_ms;
  bar->shown = true;
}

void progress_clear(progress *bar) {
  if (!bar->shown) return;
  fputs("\r\033[K", stderr);
  fflush(stderr);
  bar->shown = false;
}
