/* test_feed_files.c - lines out of plain and packed files and pipes, and feeds merged and sorted by
 * time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "include/treaty.h"
#include "runtime/feed_file.h"
#include "runtime/feed_merge.h"

#define LIMIT 100 /* bytes a line, where no other limit is named */

/* ---- A program that knows one event ---------------------------------------------------------- */

static const treaty_event_type only_type = {.name = "e", .cause = "buyer"};

const treaty_event_type *treaty_program_event_type(const treaty_program *program, const char *name,
                                                   size_t length) {
  (void)program;
  return length == 1 && *name == 'e' ? &only_type : NULL;
}

/* ---- Files to read --------------------------------------------------------------------------- */

typedef struct folder {
  char path[64];
  char names[3][96]; /* files that were written */
} folder;

static int setup(void **state) {
  folder *f = calloc(1, sizeof *f);
  assert_non_null(f);
  strcpy(f->path, "/tmp/feed_files_XXXXXX");
  assert_non_null(mkdtemp(f->path));
  for (int i = 0; i < 3; i++) snprintf(f->names[i], sizeof f->names[i], "%s/%c", f->path, 'a' + i);
  *state = f;
  return 0;
}

static int teardown(void **state) {
  folder *f = *state;
  for (int i = 0; i < 3; i++) unlink(f->names[i]);
  rmdir(f->path);
  free(f);
  return 0;
}

static const char *write_bytes(folder *f, int which, const void *bytes, size_t length) {
  FILE *out = fopen(f->names[which], "wb");
  assert_non_null(out);
  assert_int_equal(fwrite(bytes, 1, length, out), length);
  assert_int_equal(fclose(out), 0);
  return f->names[which];
}

static const char *write_text(folder *f, int which, const char *text) {
  return write_bytes(f, which, text, strlen(text));
}

/* One gzip member; gives its length. */
static size_t pack(const void *bytes, size_t length, unsigned char *packed, size_t room) {
  z_stream stream = {0};
  assert_int_equal(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = (unsigned char *)bytes;
  stream.avail_in = (uInt)length;
  stream.next_out = packed;
  stream.avail_out = (uInt)room;
  assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
  deflateEnd(&stream);
  return room - stream.avail_out;
}

static feed_file *open_file(const char *path, size_t line_bytes_max) {
  char *error = NULL;
  feed_file *file = feed_file_open(path, line_bytes_max, &error);
  if (!file) fail_msg("%s", error);
  assert_null(error);
  return file;
}

/* What the sanitizer must let pass: all bytes of the line and the spare ones. */
static unsigned touch(feed_line line) {
  unsigned sum = 0;
  for (size_t i = 0; i < line.length + FEED_FILE_SPARE_BYTES; i++)
    sum += (unsigned char)line.bytes[i];
  return sum;
}

static void expect_line(feed_file *file, uint64_t number, const char *text) {
  feed_line line = feed_file_next(file);
  assert_int_equal(line.number, number);
  assert_false(line.too_long);
  assert_int_equal(line.length, strlen(text));
  assert_memory_equal(line.bytes, text, line.length);
  assert_true(touch(line) > 0);
}

static void expect_too_long(feed_file *file, uint64_t number, size_t length) {
  feed_line line = feed_file_next(file);
  assert_int_equal(line.number, number);
  assert_true(line.too_long);
  assert_null(line.bytes);
  assert_int_equal(line.length, length);
}

/* The end, twice: asking again must not hurt. */
static void expect_end(feed_file *file) {
  assert_int_equal(feed_file_next(file).number, 0);
  assert_int_equal(feed_file_next(file).number, 0);
}

/* ---- Lines ----------------------------------------------------------------------------------- */

static void test_line_ends(void **state) {
  feed_file *file = open_file(
      write_text(*state, 0, "\xef\xbb\xbfone\n\n \t\r\ntwo\r\n\r\nthr\ree\n\xef\xbb\xbf\nlast"),
      LIMIT);
  expect_line(file, 1, "one");
  expect_line(file, 4, "two");
  expect_line(file, 6, "thr\ree");
  expect_line(file, 7, "\xef\xbb\xbf");
  expect_line(file, 8, "last");
  expect_end(file);
  assert_null(feed_file_error(file));
  feed_file_close(file);
}

static void test_files_without_lines(void **state) {
  static const char *const texts[] = {"", "\n", "\xef\xbb\xbf", "\r\n\r\n", " ", "\r"};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    feed_file *file = open_file(write_text(*state, 0, texts[i]), LIMIT);
    expect_end(file);
    assert_null(feed_file_error(file));
    feed_file_close(file);
  }
  unsigned char packed[64];
  size_t length = pack("", 0, packed, sizeof packed);
  feed_file *file = open_file(write_bytes(*state, 0, packed, length), LIMIT);
  expect_end(file);
  assert_null(feed_file_error(file));
  feed_file_close(file);
  feed_file_close(NULL);
}

static void test_short_files(void **state) {
  feed_file *file = open_file(write_text(*state, 0, "x"), LIMIT);
  expect_line(file, 1, "x");
  expect_end(file);
  feed_file_close(file);
  file = open_file(write_bytes(*state, 0, "\x1f", 1), LIMIT);
  expect_line(file, 1, "\x1f");
  expect_end(file);
  feed_file_close(file);
}

static void test_lines_at_the_limit(void **state) {
  feed_file *file =
      open_file(write_text(*state, 0, "12345\n12345\r\n123456\n123456\r\n1234567890\n12345\r"), 5);
  expect_line(file, 1, "12345");
  expect_line(file, 2, "12345");
  expect_too_long(file, 3, 6);
  expect_too_long(file, 4, 6);
  expect_too_long(file, 5, 10);
  expect_line(file, 6, "12345");
  expect_end(file);
  feed_file_close(file);
  file = open_file(write_text(*state, 0, "1234567"), 5);
  expect_too_long(file, 1, 7);
  expect_end(file);
  feed_file_close(file);
}

/* Lines as long as the limit, cut off by the end of what was read anywhere, between '\r' and '\n'
 * too. */
static void test_full_lines_read_in_parts(void **state) {
  enum { BYTES = 300000 };
  char *text = malloc(BYTES);
  assert_non_null(text);
  for (size_t limit = 30; limit < 130; limit++) {
    size_t each = limit + 2, count = BYTES / each;
    memset(text, 'x', BYTES);
    for (size_t i = 0; i < count; i++) memcpy(text + i * each + limit, "\r\n", 2);
    feed_file *file = open_file(write_bytes(*state, 0, text, count * each), limit);
    for (size_t i = 0; i < count; i++) {
      feed_line line = feed_file_next(file);
      assert_int_equal(line.number, i + 1);
      assert_int_equal(line.length, limit);
      assert_false(line.too_long);
    }
    expect_end(file);
    feed_file_close(file);
  }
  free(text);
}

/* A line that no buffer holds, packed and plain. */
static void test_a_very_long_line(void **state) {
  size_t long_length = 3000000, length = long_length + 16;
  char *text = malloc(length);
  unsigned char *packed = malloc(length);
  assert_true(text && packed);
  memset(text, 'x', length);
  memcpy(text, "first\n", 6);
  memcpy(text + length - 10, "\r\nbehind!\n", 10);
  for (int gzip = 0; gzip < 2; gzip++) {
    const char *path = gzip ? write_bytes(*state, 0, packed, pack(text, length, packed, length))
                            : write_bytes(*state, 0, text, length);
    feed_file *file = open_file(path, LIMIT);
    expect_line(file, 1, "first");
    expect_too_long(file, 2, long_length);
    expect_line(file, 3, "behind!");
    expect_end(file);
    feed_file_close(file);
  }
  free(text);
  free(packed);
}

/* Lines of all lengths, so that their ends fall on every place of the reading buffer. */
static void test_many_lines(void **state) {
  enum { LINES = 40000, LONGEST = 90 };
  size_t room = LINES * (LONGEST + 2), length = 0;
  char *text = malloc(room);
  unsigned char *packed = malloc(room + 1000);
  assert_true(text && packed);
  uint64_t random = 12345;
  for (int i = 0; i < LINES; i++) {
    random = random * 6364136223846793005u + 1442695040888963407u;
    int filling = (int)(random >> 33) % (LONGEST - 10);
    length += (size_t)sprintf(
        text + length, "%d:%.*s%s", i, filling,
        "0123456789012345678901234567890123456789012345678901234567890123456789012345678901",
        i % 3 ? "\n" : "\r\n");
  }
  for (int form = 0; form < 3; form++) {
    size_t half = length / 2, first = pack(text, half, packed, room + 1000);
    size_t both = first + pack(text + half, length - half, packed + first, room + 1000 - first);
    const char *path =
        form == 0   ? write_bytes(*state, 0, text, length)
        : form == 1 ? write_bytes(*state, 0, packed, both)
                    : write_bytes(*state, 0, packed, pack(text, length, packed, room + 1000));
    feed_file *file = open_file(path, LIMIT);
    const char *at = text;
    for (int i = 0; i < LINES; i++) {
      feed_line line = feed_file_next(file);
      assert_int_equal(line.number, i + 1);
      assert_memory_equal(line.bytes, at, line.length);
      at += line.length;
      at += strspn(at, "\r");
      assert_true(*at == '\n');
      at++;
    }
    expect_end(file);
    assert_null(feed_file_error(file));
    assert_true(feed_file_bytes_total(file) > 0);
    assert_int_equal(feed_file_bytes_read(file), feed_file_bytes_total(file));
    feed_file_close(file);
  }
  free(text);
  free(packed);
}

/* ---- Damage ---------------------------------------------------------------------------------- */

static void expect_error(folder *f, feed_file *file, const char *behind) {
  char expected[256];
  snprintf(expected, sizeof expected, "%s: the gzip data %s", f->names[0], behind);
  assert_non_null(feed_file_error(file));
  assert_string_equal(feed_file_error(file), expected);
}

static void test_gzip_cut_off_anywhere(void **state) {
  unsigned char packed[256];
  size_t length = pack("one\ntwo\nthree", 13, packed, sizeof packed);
  uint64_t lines_before = 0;
  for (size_t cut = 2; cut < length; cut++) {
    feed_file *file = open_file(write_bytes(*state, 0, packed, cut), LIMIT);
    uint64_t lines = 0;
    bool told = feed_file_error(file) != NULL;
    feed_line line;
    while ((line = feed_file_next(file)).number) {
      assert_false(told); /* as long as a line is to come */
      assert_int_equal(line.number, ++lines);
      assert_int_equal(line.length, 3);
      told = feed_file_error(file) != NULL;
    }
    assert_true(lines >= lines_before && lines <= 2); /* never the third, which has no end */
    lines_before = lines;
    char behind[64];
    snprintf(behind, sizeof behind, "is cut off behind line %d", (int)lines);
    expect_error(*state, file, behind);
    feed_file_close(file);
  }
  assert_int_equal(lines_before, 2);
}

static void test_damaged_gzip(void **state) {
  unsigned char packed[256];
  size_t length = pack("one\ntwo\n", 8, packed, sizeof packed);
  packed[length - 6] ^= 1; /* in the checksum */
  feed_file *file = open_file(write_bytes(*state, 0, packed, length), LIMIT);
  expect_line(file, 1, "one");
  expect_line(file, 2, "two");
  expect_end(file);
  expect_error(*state, file, "is damaged behind line 2");
  feed_file_close(file);

  packed[length - 6] ^= 1;
  memcpy(packed + length, "rubbish", 7);
  file = open_file(write_bytes(*state, 0, packed, length + 7), LIMIT);
  expect_line(file, 1, "one");
  expect_line(file, 2, "two");
  expect_end(file);
  expect_error(*state, file, "is damaged behind line 2");
  feed_file_close(file);
}

static void test_files_that_cannot_be_opened(void **state) {
  folder *f = *state;
  char *error = NULL, expected[256];
  assert_null(feed_file_open(f->names[2], LIMIT, &error));
  snprintf(expected, sizeof expected, "%s could not be opened: No such file or directory",
           f->names[2]);
  assert_string_equal(error, expected);
  free(error);
  assert_null(feed_file_open(f->path, LIMIT, &error));
  snprintf(expected, sizeof expected, "%s could not be opened: Is a directory", f->path);
  assert_string_equal(error, expected);
  free(error);
}

/* ---- Standard input -------------------------------------------------------------------------- */

/* Puts a pipe in the place of standard input, into which a child writes one byte at a time. */
static pid_t pipe_to_stdin(const void *bytes, size_t length) {
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  pid_t child = fork();
  assert_true(child >= 0);
  if (child == 0) {
    for (size_t i = 0; i < length; i++)
      if (write(ends[1], (const char *)bytes + i, 1) != 1) _exit(1);
    _exit(0);
  }
  assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
  close(ends[0]);
  close(ends[1]);
  return child;
}

static void test_standard_input(void **state) {
  (void)state;
  unsigned char packed[256];
  size_t length = pack("one\r\ntwo", 8, packed, sizeof packed);
  for (int gzip = 0; gzip < 2; gzip++) {
    pid_t child =
        gzip ? pipe_to_stdin(packed, length) : pipe_to_stdin("\xef\xbb\xbfone\r\ntwo", 11);
    feed_file *file = open_file("-", 3);
    expect_line(file, 1, "one");
    expect_line(file, 2, "two");
    expect_end(file);
    assert_null(feed_file_error(file));
    assert_int_equal(feed_file_bytes_total(file), 0);
    assert_int_equal(feed_file_bytes_read(file), gzip ? length : 11);
    feed_file_close(file);
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
  }
}

/* Puts a pipe in the place of standard input, and gives the end to write to. */
static int open_stdin(void) {
  int ends[2];
  assert_int_equal(pipe(ends), 0);
  assert_int_equal(dup2(ends[0], STDIN_FILENO), STDIN_FILENO);
  close(ends[0]);
  return ends[1];
}

static void put(int pipe, const char *text) {
  assert_int_equal(write(pipe, text, strlen(text)), strlen(text));
}

/* Whoever feeds by hand sees what a line brought, though blank ones follow it: only a line that is
 * not blank and whole lets the reader go on without waiting. */
static void test_blank_lines_are_not_waited_behind(void **state) {
  (void)state;
  int pipe = open_stdin();
  put(pipe, "one\n\n \t\r\n");
  feed_file *file = open_file("-", LIMIT);
  assert_true(feed_file_has_line(file));
  expect_line(file, 1, "one");
  assert_false(feed_file_has_line(file));
  put(pipe, "\ntwo\nthr");
  expect_line(file, 5, "two");
  assert_false(feed_file_has_line(file));
  close(pipe);
  expect_line(file, 6, "thr");
  expect_end(file);
  assert_null(feed_file_error(file));
  feed_file_close(file);
}

static void *stop_in_a_moment(void *file) {
  usleep(50000); /* so that the reader is likely to wait by then; it must end in either case */
  feed_file_stop(file);
  return NULL;
}

/* The pipe stays open: without the stop, the test would wait for ever. */
static void test_a_stop_ends_the_waiting(void **state) {
  (void)state;
  for (int before = 0; before < 2; before++) {
    pthread_t other;
    int pipe = open_stdin();
    put(pipe, "one\ntwo\n");
    feed_file *file = open_file("-", LIMIT);
    expect_line(file, 1, "one");
    if (before)
      feed_file_stop(file);
    else
      assert_int_equal(pthread_create(&other, NULL, stop_in_a_moment, file), 0);
    expect_line(file, 2, "two"); /* what is in memory still comes */
    expect_end(file);
    assert_null(feed_file_error(file));
    if (!before) pthread_join(other, NULL);
    feed_file_close(file);
    close(pipe);
  }
}

/* A plain file is never waited for, so there is nothing to stop. */
static void test_a_stop_is_nothing_to_a_plain_file(void **state) {
  feed_file *file = open_file(write_text(*state, 0, "one\ntwo\n"), LIMIT);
  feed_file_stop(file);
  expect_line(file, 1, "one");
  expect_line(file, 2, "two");
  expect_end(file);
  feed_file_close(file);
}

/* ---- Merging --------------------------------------------------------------------------------- */

/* An event line: its id, and the second it happened in. */
#define EVENT(id, second)                        \
  "{\"specversion\":\"1.0\",\"id\":\"" id        \
  "\",\"source\":\"s\",\"type\":\"e\",\"time\":" \
  "\"2026-11-06T14:00:" second "Z\"}\n"

#define MERGE_LIMIT 1000

static feed_merge_options merge_options(const char *const *paths, size_t count, bool sort) {
  return (feed_merge_options){
      .paths = paths, .path_count = count, .line_bytes_max = MERGE_LIMIT, .sort = sort};
}

static feed_merge *open_merge(const feed_merge_options *options) {
  char *error = NULL;
  feed_merge *merge = feed_merge_new(NULL, options, &error);
  if (!merge) fail_msg("%s", error);
  return merge;
}

/* What comes out, as text: `id` of an event, `id!` of a late one, `(file:line code)` for a refused
 * line. */
static void expect_merged(feed_merge *merge, const char *expected) {
  char came[1024] = "";
  size_t used = 0;
  feed_merge_item item;
  while (feed_merge_next(merge, &item)) {
    assert_true(!item.event != !item.refusal);
    if (item.event) {
      assert_true(item.event->id.bytes == item.id.bytes);
      used += (size_t)snprintf(came + used, sizeof came - used, "%.*s%s ", (int)item.id.length,
                               item.id.bytes, item.late ? "!" : "");
    } else {
      used +=
          (size_t)snprintf(came + used, sizeof came - used, "(%s:%d %d) ",
                           strrchr(item.path, '/') + 1, (int)item.line_number, item.refusal->code);
    }
    assert_true(used < sizeof came);
  }
  assert_false(feed_merge_next(merge, &item));
  assert_string_equal(came, expected);
}

static void test_merge_by_time(void **state) {
  folder *f = *state;
  const char *const paths[] = {
      write_text(f, 0, EVENT("a1", "01") EVENT("a2", "03") EVENT("a3", "03") EVENT("a4", "09")),
      write_text(f, 1, EVENT("b1", "03") EVENT("b2", "04")),
      write_text(f, 2, EVENT("c1", "00") EVENT("c2", "03") EVENT("c3", "10")),
  };
  feed_merge_options options = merge_options(paths, 3, false);
  feed_merge *merge = open_merge(&options);
  expect_merged(merge, "c1 a1 a2 a3 b1 c2 b2 a4 c3 ");
  assert_null(feed_merge_error(merge));
  assert_int_equal(feed_merge_late_count(merge), 0);
  feed_merge_free(merge);

  const char *const reversed[] = {paths[2], paths[1], paths[0]};
  options = merge_options(reversed, 3, false);
  merge = open_merge(&options);
  expect_merged(merge, "c1 a1 c2 b1 a2 a3 b2 a4 c3 ");
  feed_merge_free(merge);
  feed_merge_free(NULL);
}

static void test_late_events_are_marked(void **state) {
  const char *const paths[] = {
      write_text(*state, 0,
                 EVENT("a1", "05") EVENT("a2", "01") EVENT("a3", "02") EVENT("a4", "05")),
      write_text(*state, 1, EVENT("b1", "03") EVENT("b2", "06")),
  };
  feed_merge_options options = merge_options(paths, 2, false);
  feed_merge *merge = open_merge(&options);
  expect_merged(merge, "b1 a1 a2! a3! a4 b2 ");
  assert_int_equal(feed_merge_late_count(merge), 2);
  feed_merge_free(merge);
}

static void test_sorted(void **state) {
  const char *const paths[] = {
      write_text(*state, 0,
                 EVENT("a1", "05") EVENT("a2", "01") "{}\n" EVENT("a3", "02") EVENT("a4", "01")),
      write_text(*state, 1, EVENT("b1", "05") EVENT("b2", "01") "[]\n"),
  };
  feed_merge_options options = merge_options(paths, 2, true);
  feed_merge *merge = open_merge(&options);
  expect_merged(merge, "(a:3 5) (b:3 1) a2 a4 b2 a3 a1 b1 ");
  assert_null(feed_merge_error(merge));
  assert_int_equal(feed_merge_late_count(merge), 0);
  feed_merge_free(merge);
}

static void test_refused_lines_come_as_they_are_read(void **state) {
  char text[4096], long_line[MERGE_LIMIT + 2];
  memset(long_line, 'x', sizeof long_line - 1);
  long_line[sizeof long_line - 1] = '\0';
  snprintf(text, sizeof text,
           "nonsense\n%s\n" EVENT("a1", "02") "\n{\"id\":\"x7\"}\n" EVENT("a2", "04"), long_line);
  const char *const paths[] = {write_text(*state, 0, text),
                               write_text(*state, 1, EVENT("b1", "03") "\xff\n")};
  feed_merge_options options = merge_options(paths, 2, false);
  feed_merge *merge = open_merge(&options);

  feed_merge_item item;
  assert_true(feed_merge_next(merge, &item));
  assert_int_equal(item.line_number, 1);
  assert_int_equal(item.refusal->code, TREATY_NOT_JSON);
  assert_int_equal(item.line.length, 8);
  assert_memory_equal(item.line.bytes, "nonsense", 8);
  assert_true(feed_merge_next(merge, &item));
  assert_int_equal(item.line_number, 2);
  assert_int_equal(item.refusal->code, TREATY_TOO_LONG);
  assert_string_equal(item.refusal->reason, "the line has 1001 bytes; 1000 at most");
  assert_null(item.line.bytes);
  assert_null(item.id.bytes);
  assert_true(feed_merge_next(merge, &item));
  assert_string_equal(item.path, paths[0]);
  assert_int_equal(item.line_number, 3);
  assert_int_equal(item.line.length, strlen(EVENT("a1", "02")) - 1);
  assert_true(feed_merge_next(merge, &item));
  assert_int_equal(item.line_number, 5);
  assert_int_equal(item.refusal->code, TREATY_NOT_CLOUDEVENT);
  assert_memory_equal(item.id.bytes, "x7", 2);
  expect_merged(merge, "b1 (b:2 2) a2 ");
  feed_merge_free(merge);
}

static void test_sorting_has_a_limit(void **state) {
  folder *f = *state;
  const char *const paths[] = {
      write_text(f, 0, EVENT("a1", "03") EVENT("a2", "02") EVENT("a3", "01"))};
  feed_merge_options options = merge_options(paths, 1, true);
  options.sort_bytes_max = 3 * strlen(EVENT("a1", "03"));
  feed_merge *merge = open_merge(&options);
  expect_merged(merge, "");
  char expected[256];
  snprintf(expected, sizeof expected,
           "the feeds are too large to be sorted: 0 MiB at most, reached at line 2 of %s",
           paths[0]);
  assert_string_equal(feed_merge_error(merge), expected);
  feed_merge_free(merge);
}

static void test_damage_ends_a_merge(void **state) {
  folder *f = *state;
  unsigned char packed[1024];
  size_t length = pack(EVENT("a1", "01"), strlen(EVENT("a1", "01")), packed, sizeof packed);
  const char *const paths[] = {write_bytes(f, 0, packed, length - 1),
                               write_text(f, 1, EVENT("b1", "02"))};
  char expected[256];
  snprintf(expected, sizeof expected, "%s: the gzip data is cut off behind line 1", paths[0]);
  for (int sort = 0; sort < 2; sort++) {
    feed_merge_options options = merge_options(paths, 2, sort);
    feed_merge *merge = open_merge(&options);
    expect_merged(merge, sort ? "" : "a1 ");
    assert_string_equal(feed_merge_error(merge), expected);
    feed_merge_free(merge);
  }
}

static void test_merges_that_cannot_be_opened(void **state) {
  folder *f = *state;
  char *error = NULL;
  const char *const twice[] = {"-", write_text(f, 0, ""), "-"};
  feed_merge_options options = merge_options(twice, 3, false);
  assert_null(feed_merge_new(NULL, &options, &error));
  assert_string_equal(error, "standard input can be read once only: '-' stands twice");
  free(error);
  const char *const missing[] = {f->names[0], f->names[2]};
  options = merge_options(missing, 2, false);
  assert_null(feed_merge_new(NULL, &options, &error));
  assert_non_null(strstr(error, "No such file"));
  free(error);
}

typedef struct told {
  int calls;
  uint64_t read, total;
} told;

static void tell(void *context, uint64_t bytes_read, uint64_t bytes_total) {
  told *told = context;
  assert_true(bytes_read >= told->read);
  told->calls++;
  told->read = bytes_read;
  told->total = bytes_total;
}

static void test_progress_is_told(void **state) {
  enum { EVENTS = 10000 };
  size_t each = strlen(EVENT("a1", "01")), length = each * EVENTS;
  char *text = malloc(length + 1);
  assert_non_null(text);
  for (size_t i = 0; i < EVENTS; i++) memcpy(text + i * each, EVENT("a1", "01"), each + 1);
  const char *const paths[] = {write_bytes(*state, 0, text, length)};
  for (int sort = 0; sort < 2; sort++) {
    told told = {0};
    feed_merge_options options = merge_options(paths, 1, sort);
    options.progress = tell;
    options.context = &told;
    feed_merge *merge = open_merge(&options);
    feed_merge_item item;
    size_t count = 0;
    uint64_t number = 0;
    for (; feed_merge_next(merge, &item); count++, number = item.line_number)
      assert_true(item.event && item.line_number == number + 1);
    assert_int_equal(count, EVENTS);
    assert_int_equal(told.calls, 3); /* two on the way, one at the end */
    assert_int_equal(told.read, length);
    assert_int_equal(told.total, length);
    feed_merge_free(merge);
  }
  free(text);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_line_ends, setup, teardown),
      cmocka_unit_test_setup_teardown(test_files_without_lines, setup, teardown),
      cmocka_unit_test_setup_teardown(test_short_files, setup, teardown),
      cmocka_unit_test_setup_teardown(test_lines_at_the_limit, setup, teardown),
      cmocka_unit_test_setup_teardown(test_full_lines_read_in_parts, setup, teardown),
      cmocka_unit_test_setup_teardown(test_a_very_long_line, setup, teardown),
      cmocka_unit_test_setup_teardown(test_many_lines, setup, teardown),
      cmocka_unit_test_setup_teardown(test_gzip_cut_off_anywhere, setup, teardown),
      cmocka_unit_test_setup_teardown(test_damaged_gzip, setup, teardown),
      cmocka_unit_test_setup_teardown(test_files_that_cannot_be_opened, setup, teardown),
      cmocka_unit_test(test_standard_input),
      cmocka_unit_test(test_blank_lines_are_not_waited_behind),
      cmocka_unit_test(test_a_stop_ends_the_waiting),
      cmocka_unit_test_setup_teardown(test_a_stop_is_nothing_to_a_plain_file, setup, teardown),
      cmocka_unit_test_setup_teardown(test_merge_by_time, setup, teardown),
      cmocka_unit_test_setup_teardown(test_late_events_are_marked, setup, teardown),
      cmocka_unit_test_setup_teardown(test_sorted, setup, teardown),
      cmocka_unit_test_setup_teardown(test_refused_lines_come_as_they_are_read, setup, teardown),
      cmocka_unit_test_setup_teardown(test_sorting_has_a_limit, setup, teardown),
      cmocka_unit_test_setup_teardown(test_damage_ends_a_merge, setup, teardown),
      cmocka_unit_test_setup_teardown(test_merges_that_cannot_be_opened, setup, teardown),
      cmocka_unit_test_setup_teardown(test_progress_is_told, setup, teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
