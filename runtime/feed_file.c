/* feed_file.c - a buffer that lines are cut from, and two ways to fill it: read(2), and read(2)
 * through zlib. A line that is begun but not yet complete is moved to the front before more is
 * read, so that the buffer need not be longer than one line and one helping. */
#include "runtime/feed_file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* Lines are cut from this many bytes at a time, and gzip data is read by as many. */
#define HELPING_BYTES ((size_t)256 * 1024)

struct feed_file {
  int descriptor;
  int stop_event; /* readable once reading is to stop; -1: a file that is never waited for */
  const feed_file_wait *wait; /* NULL: poll */
  const char *name;           /* for messages */
  char *path;
  size_t line_bytes_max;
  uint64_t bytes_read, bytes_total;

  char *buffer;
  size_t from, to;      /* what is not yet given out is buffer[from, to) */
  size_t room;          /* of the buffer, without its spare bytes */
  uint64_t line_number; /* of the last line that was begun to be cut */
  bool ended;           /* nothing more comes into the buffer */
  bool failed;          /* ended by an error, which `error` tells */
  char error[640];

  bool gzip;
  bool in_member; /* gzip: the member at hand has not ended */
  z_stream inflater;
  unsigned char *packed; /* gzip: what was read, and not yet inflated */
};

/* ---- Filling --------------------------------------------------------------------------------- */

__attribute__((format(printf, 2, 3))) static void end_with_error(feed_file *file,
                                                                 const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  file->ended = file->failed = true;
  vsnprintf(file->error, sizeof file->error, format, arguments);
  va_end(arguments);
}

/* Lines that came before the damage are given out, so the message names the last of them when it is
 * made: those complete in the buffer are counted ahead. */
static uint64_t last_line_reached(const feed_file *file) {
  uint64_t number = file->line_number;
  const char *at = file->buffer + file->from, *end = file->buffer + file->to;
  while ((at = memchr(at, '\n', (size_t)(end - at)))) number++, at++;
  return number;
}

/* Waits for a pipe; false: reading is to stop. */
static bool wait_for_bytes(const feed_file *file) {
  struct pollfd waits[] = {{.fd = file->stop_event, .events = POLLIN},
                           {.fd = file->descriptor, .events = POLLIN}};
  if (file->stop_event < 0) return true;
  if (file->wait) return file->wait->wait(file->wait->context, file->descriptor);
  while (poll(waits, 2, -1) < 0 && errno == EINTR) continue;
  return waits[0].revents == 0;
}

/* Reads once; 0 at the end of the file and after an error, which ends the feed. */
static size_t read_some(feed_file *file, void *bytes, size_t room) {
  ssize_t count;
  if (!wait_for_bytes(file)) return 0;
  do count = read(file->descriptor, bytes, room);
  while (count < 0 && errno == EINTR);
  if (count < 0) {
    end_with_error(file, "%.512s could not be read behind line %llu: %s", file->name,
                   (unsigned long long)last_line_reached(file), strerror(errno));
    return 0;
  }
  file->bytes_read += (uint64_t)count;
  return (size_t)count;
}

static void end_damaged(feed_file *file, const char *what) {
  end_with_error(file, "%.512s: the gzip data %s behind line %llu", file->name, what,
                 (unsigned long long)last_line_reached(file));
}

/* Has packed bytes ready for the inflater; false at the end of the file, which must be that of a
 * member. */
static bool refill_packed(feed_file *file) {
  if (file->inflater.avail_in > 0) return true;
  file->inflater.next_in = file->packed;
  file->inflater.avail_in = (uInt)read_some(file, file->packed, HELPING_BYTES);
  if (file->inflater.avail_in > 0) return true;
  if (!file->failed && file->in_member) end_damaged(file, "is cut off");
  file->ended = true;
  return false;
}

/* Inflates into the room there is, until some bytes have come or there are no more. */
static void fill_inflated(feed_file *file) {
  size_t before = file->to;
  while (file->to == before && refill_packed(file)) {
    if (!file->in_member) inflateReset(&file->inflater);
    file->in_member = true;
    file->inflater.next_out = (unsigned char *)file->buffer + file->to;
    file->inflater.avail_out = (uInt)(file->room - file->to);
    int result = inflate(&file->inflater, Z_NO_FLUSH);
    file->to = file->room - file->inflater.avail_out;
    if (result == Z_STREAM_END) file->in_member = false;
    if (result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR) continue;
    end_damaged(file, "is damaged");
    return;
  }
}

/* Puts more bytes behind those in the buffer, or finds that there are no more. */
static void fill(feed_file *file) {
  memmove(file->buffer, file->buffer + file->from, file->to - file->from);
  file->to -= file->from;
  file->from = 0;
  assert(file->to < file->room && !file->ended);
  if (file->gzip) {
    fill_inflated(file);
    return;
  }
  size_t count = read_some(file, file->buffer + file->to, file->room - file->to);
  file->to += count;
  if (count == 0) file->ended = true;
}

/* ---- Cutting --------------------------------------------------------------------------------- */

/* Where the line that begins at `from` ends, reading on as needed; NULL: it is longer than the
 * limit, or ends with the feed. The one byte more than the limit is for the '\r' that may still
 * turn out to be its end. */
static const char *find_line_end(feed_file *file) {
  for (size_t searched = 0;;) {
    const char *start = file->buffer + file->from;
    size_t held = file->to - file->from;
    const char *end = memchr(start + searched, '\n', held - searched);
    if (end || held > file->line_bytes_max + 1 || file->ended) return end;
    searched = held;
    fill(file);
  }
}

/* Passes over the rest of a line, of which nothing is kept, and gives its whole length. */
static size_t skip_long_line(feed_file *file) {
  size_t length = 0;
  char last = '\0';
  for (;;) {
    const char *start = file->buffer + file->from;
    const char *end = memchr(start, '\n', file->to - file->from);
    size_t part = end ? (size_t)(end - start) : file->to - file->from;
    if (part > 0) last = start[part - 1];
    length += part;
    file->from += part + (end ? 1 : 0);
    if (end || file->ended) break;
    fill(file);
  }
  return length - (last == '\r' ? 1 : 0);
}

static bool is_blank(const char *bytes, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (bytes[i] != ' ' && bytes[i] != '\t') return false;
  return true;
}

/* Of what is next in the buffer. Standard input has no name to be opened by again, be it a file. */
static uint64_t offset_of(const feed_file *file) {
  bool again = !file->gzip && file->stop_event < 0 && file->descriptor != STDIN_FILENO;
  return again ? file->bytes_read - file->to + file->from : FEED_OFFSET_NONE;
}

/* Cuts the next line, blank or not. Behind the last one its number is 0. */
static feed_line cut_line(feed_file *file) {
  const char *end = find_line_end(file);
  size_t held = file->to - file->from;
  /* What was begun before damaged data is no line. */
  if (!end && file->ended && (held == 0 || file->failed)) return (feed_line){0};

  feed_line line = {
      .bytes = file->buffer + file->from, .number = ++file->line_number, .offset = offset_of(file)};
  line.length = end ? (size_t)(end - line.bytes) : held;
  if (!end && line.length > file->line_bytes_max + 1) {
    line.length = skip_long_line(file);
  } else {
    file->from += line.length + (end ? 1 : 0);
    if (line.length > 0 && line.bytes[line.length - 1] == '\r') line.length--;
  }
  line.too_long = line.length > file->line_bytes_max;
  if (line.too_long) line.bytes = NULL;
  return line;
}

feed_line feed_file_next(feed_file *file) {
  feed_line line;
  do line = cut_line(file);
  while (line.number > 0 && !line.too_long && is_blank(line.bytes, line.length));
  assert(line.too_long || line.length <= file->line_bytes_max);
  return line;
}

bool feed_file_has_line(const feed_file *file) {
  const char *at = file->buffer + file->from, *to = file->buffer + file->to, *end;
  for (; (end = memchr(at, '\n', (size_t)(to - at))); at = end + 1) {
    bool returns = end > at && end[-1] == '\r';
    if (!is_blank(at, (size_t)(end - at) - (returns ? 1 : 0))) return true;
  }
  return file->ended;
}

void feed_file_stop(feed_file *file) {
  static const uint64_t one = 1;
  if (file->stop_event < 0) return;
  ssize_t wrote = write(file->stop_event, &one, sizeof one);
  assert(wrote == sizeof one);
  (void)wrote;
}

const char *feed_file_error(const feed_file *file) {
  bool all_cut = !memchr(file->buffer + file->from, '\n', file->to - file->from);
  return file->failed && all_cut ? file->error : NULL;
}

uint64_t feed_file_bytes_read(const feed_file *file) { return file->bytes_read; }

uint64_t feed_file_bytes_total(const feed_file *file) { return file->bytes_total; }

/* ---- Opening --------------------------------------------------------------------------------- */

/* Reads until there are `count` bytes in the buffer or the feed has ended: a pipe may give one at a
 * time. */
static void read_first(feed_file *file, size_t count) {
  while (file->to < count && !file->ended) fill(file);
}

/* What was read to tell the format becomes the first packed bytes. */
static bool begin_gzip(feed_file *file) {
  static const int gzip_window_bits = 15 + 16;
  file->packed = malloc(HELPING_BYTES);
  if (!file->packed || inflateInit2(&file->inflater, gzip_window_bits) != Z_OK) return false;
  assert(file->to <= HELPING_BYTES && !file->ended);
  memcpy(file->packed, file->buffer, file->to);
  file->inflater.next_in = file->packed;
  file->inflater.avail_in = (uInt)file->to;
  file->to = 0;
  file->gzip = true;
  return true;
}

/* Tells gzip by its first two bytes, and passes over a byte order mark before the first line. */
static bool begin(feed_file *file) {
  static const unsigned char gzip_magic[] = {0x1f, 0x8b};
  static const unsigned char byte_order_mark[] = {0xef, 0xbb, 0xbf};
  size_t room = file->room;
  file->room = HELPING_BYTES; /* so that what is read first fits into `packed` */
  read_first(file, sizeof gzip_magic);
  file->room = room;
  if (file->to >= sizeof gzip_magic && memcmp(file->buffer, gzip_magic, sizeof gzip_magic) == 0 &&
      !begin_gzip(file))
    return false;
  read_first(file, sizeof byte_order_mark);
  if (file->to >= sizeof byte_order_mark &&
      memcmp(file->buffer, byte_order_mark, sizeof byte_order_mark) == 0)
    file->from = sizeof byte_order_mark;
  return true;
}

static bool open_descriptor(feed_file *file, const char *path, char **error) {
  struct stat about;
  bool is_stdin = strcmp(path, "-") == 0;
  file->name = is_stdin ? "standard input" : file->path;
  file->descriptor = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
  int failure = file->descriptor < 0 || fstat(file->descriptor, &about) < 0 ? errno
                : S_ISDIR(about.st_mode)                                    ? EISDIR
                                                                            : 0;
  if (failure == 0) {
    if (S_ISREG(about.st_mode))
      file->bytes_total = (uint64_t)about.st_size;
    else
      file->stop_event = eventfd(0, EFD_CLOEXEC);
    return S_ISREG(about.st_mode) || file->stop_event >= 0;
  }
  if (asprintf(error, "%s could not be opened: %s", file->name, strerror(failure)) < 0)
    *error = NULL;
  return false;
}

feed_file *feed_file_open(const char *path, size_t line_bytes_max, char **error) {
  return feed_file_open_waiting(path, line_bytes_max, NULL, error);
}

feed_file *feed_file_open_waiting(const char *path, size_t line_bytes_max,
                                  const feed_file_wait *wait, char **error) {
  *error = NULL;
  feed_file *file = calloc(1, sizeof *file);
  if (!file) return NULL;
  file->wait = wait;
  file->descriptor = file->stop_event = -1;
  file->line_bytes_max = line_bytes_max;
  file->room = line_bytes_max + 1 + HELPING_BYTES;
  file->path = strdup(path);
  file->buffer = calloc(1, file->room + FEED_FILE_SPARE_BYTES);
  if (!file->path || !file->buffer || !open_descriptor(file, path, error) || !begin(file)) {
    feed_file_close(file);
    return NULL;
  }
  return file;
}

void feed_file_close(feed_file *file) {
  if (!file) return;
  if (file->packed) inflateEnd(&file->inflater);
  if (file->descriptor > STDIN_FILENO) close(file->descriptor);
  if (file->stop_event >= 0) close(file->stop_event);
  free(file->packed);
  free(file->buffer);
  free(file->path);
  free(file);
}
