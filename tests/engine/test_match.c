/* test_match.c - patterns without the language: answers, places of errors, and that every request
 * for memory may fail, in making a pattern and in asking it. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "engine/text_match.h"

/* ---- Memory of C++, in our hands ---- */

/* What was asked for while requests are counted, so that what RE2 loses when it is interrupted is
 * no leak of ours. */
#define PIECES_MAX 20000

static void *pieces[PIECES_MAX];
static size_t piece_count;
static int64_t left = -1; /* requests that succeed before one fails; -1: nobody counts */

/* Of libstdc++: throws std::bad_alloc. */
extern void throw_bad_alloc(void) __asm__("_ZSt17__throw_bad_allocv");

static void *request(size_t bytes) {
  if (left == 0) throw_bad_alloc();
  void *piece = malloc(bytes ? bytes : 1);
  assert_non_null(piece);
  if (left < 0) return piece;
  left--;
  assert_true(piece_count < PIECES_MAX);
  return pieces[piece_count++] = piece;
}

static void give_back(void *piece) {
  for (size_t i = piece_count; i-- > 0;) {
    if (pieces[i] != piece) continue;
    pieces[i] = NULL;
    break;
  }
  free(piece);
}

static void free_the_lost(void) {
  left = -1;
  for (size_t i = 0; i < piece_count; i++) free(pieces[i]);
  piece_count = 0;
}

/* The operators new and delete of the whole program. */
void *operator_new(size_t bytes) __asm__("_Znwm");
void *operator_new(size_t bytes) { return request(bytes); }
void *operator_new_array(size_t bytes) __asm__("_Znam");
void *operator_new_array(size_t bytes) { return request(bytes); }
void operator_delete(void *piece) __asm__("_ZdlPv");
void operator_delete(void *piece) { give_back(piece); }
void operator_delete_sized(void *piece, size_t bytes) __asm__("_ZdlPvm");
void operator_delete_sized(void *piece, size_t bytes) {
  (void)bytes;
  give_back(piece);
}
void operator_delete_array(void *piece) __asm__("_ZdaPv");
void operator_delete_array(void *piece) { give_back(piece); }
void operator_delete_array_sized(void *piece, size_t bytes) __asm__("_ZdaPvm");
void operator_delete_array_sized(void *piece, size_t bytes) {
  (void)bytes;
  give_back(piece);
}

/* ---- Tests ---- */

static tr_match *make(const char *pattern) {
  tr_match_error error;
  tr_match *match = tr_match_new(pattern, strlen(pattern), &error);
  assert_non_null(match);
  return match;
}

static tr_match_answer ask(const tr_match *match, const char *text) {
  return tr_match_ask(match, text, strlen(text));
}

static void test_answers(void **state) {
  (void)state;
  tr_match *match = make("b+c");
  assert_int_equal(ask(match, "abbbc"), MATCH_YES);
  assert_int_equal(ask(match, "ac"), MATCH_NO);
  assert_int_equal(ask(match, ""), MATCH_NO);
  assert_int_equal(tr_match_ask(match, "a\0bc", 4), MATCH_YES); /* a NUL is a character */
  tr_match_free(match);
  tr_match_free(NULL);
}

/* A pattern that makes others wait for ever: here twice the text takes about twice the time. */
static void test_no_pattern_is_slow(void **state) {
  (void)state;
  enum { BYTES = 1 << 17 };
  tr_match *match = make("^(a+)+$");
  char *text = malloc(BYTES);
  memset(text, 'a', BYTES);
  text[BYTES - 1] = 'b';
  assert_int_equal(tr_match_ask(match, text, BYTES), MATCH_NO);
  free(text);
  tr_match_free(match);
}

static void expect_error(const char *pattern, size_t from, size_t to) {
  tr_match_error error;
  assert_null(tr_match_new(pattern, strlen(pattern), &error));
  assert_non_null(error.why);
  assert_int_equal(error.from, from);
  assert_int_equal(error.to, to);
}

static void test_places_of_errors(void **state) {
  (void)state;
  expect_error("a(b", 1, 2);
  expect_error("(a)(b(c)", 3, 4);
  expect_error("a)b", 1, 2);
  expect_error("[)]\\))", 5, 6);
  expect_error("\\\\q\\q", 3, 5);
  expect_error("a**", 1, 3);
  expect_error("ab\\", 2, 3);
  expect_error("(a{100}){100}", 2, 7); /* both together repeat too often */
  expect_error("\\p{L}{1000}", 0, 11); /* in itself small, made too large by what it repeats */
}

static void test_memory_may_end_anywhere(void **state) {
  (void)state;
  static const char pattern[] = "(?i)(head|chief) of [^x-z]+$";
  bool made = false, asked = false;
  int errors = dup(STDERR_FILENO), nowhere = open("/dev/null", O_WRONLY);
  tr_match *first = make(pattern); /* what RE2 keeps for ever is there from now on */
  assert_int_equal(ask(first, "chief of staff"), MATCH_YES);
  tr_match_free(first);
  dup2(nowhere, STDERR_FILENO); /* RE2 notes that it was interrupted */
  for (int64_t n = 0; !asked; n++) {
    tr_match_error error;
    left = n;
    tr_match *match = tr_match_new(pattern, strlen(pattern), &error);
    if (match) {
      made = true;
      tr_match_answer answer = ask(match, "the HEAD of Procurement");
      asked = answer == MATCH_YES;
      assert_true(asked || answer == MATCH_NO_MEMORY);
    } else {
      assert_null(error.why);
    }
    left = -1;
    tr_match_free(match);
    free_the_lost();
  }
  dup2(errors, STDERR_FILENO);
  close(errors);
  close(nowhere);
  assert_true(made);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_answers),
      cmocka_unit_test(test_no_pattern_is_slow),
      cmocka_unit_test(test_places_of_errors),
      cmocka_unit_test(test_memory_may_end_anywhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
