/* test_feed_places.c - how far each feed has come, while its lines are on their way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "runtime/feed_places.h"

#define TEXT(string) ((treaty_text){(string), sizeof(string) - 1})

static treaty_text text_of(const char *string) { return (treaty_text){string, strlen(string)}; }

/* The id that the feed is to be resumed after; "" when there is none. */
static const char *durable_id(const feed_places *places, const char *name) {
  static char id[32];
  treaty_text source, found;
  feed_places_durable(places, text_of(name), &source, &found);
  if (!found.bytes) return "";
  snprintf(id, sizeof id, "%.*s", (int)found.length, found.bytes);
  return id;
}

static uint64_t durable_lines(const feed_places *places, const char *name) {
  treaty_text source, id;
  return feed_places_durable(places, text_of(name), &source, &id).lines;
}

static void a_place_is_durable_only_when_it_has_arrived(void **state) {
  (void)state;
  feed_places places = {0};
  store_batch batch;
  store_batch_init(&batch);
  feed_places_reach(&places, TEXT("web"), TEXT("/s"), TEXT("1"), (feed_prefix){1, 0});
  feed_places_reach(&places, TEXT("web"), TEXT("/s"), TEXT("2"), (feed_prefix){2, 0});
  feed_places_reach(&places, TEXT("web"), TEXT("/s"), (treaty_text){NULL, 0}, (feed_prefix){3, 0});
  feed_places_gather(&places, &batch);
  assert_int_equal(batch.feeds.count, 1);
  feed_places_reach(&places, TEXT("web"), TEXT("/s"), TEXT("3"),
                    (feed_prefix){4, 0}); /* for the batch after it */
  assert_string_equal(durable_id(&places, "web"), "");
  feed_places_arrive(&places);
  assert_string_equal(durable_id(&places, "web"), "2");
  assert_int_equal(durable_lines(&places, "web"), 3);
  store_batch_clear(&batch);
  feed_places_gather(&places, &batch);
  assert_int_equal(batch.feeds.count, 1);
  feed_places_arrive(&places);
  assert_string_equal(durable_id(&places, "web"), "3");
  store_batch_clear(&batch);
  feed_places_gather(&places, &batch);
  assert_true(store_batch_empty(&batch));
  store_batch_close(&batch);
  feed_places_close(&places);
}

static void names_are_kept_apart_in_any_order(void **state) {
  (void)state;
  enum { COUNT = 1009, STRIDE = 421 }; /* primes: the strides come to each number once */
  feed_places places = {0};
  store_batch batch;
  char name[32], id[32];
  store_batch_init(&batch);
  for (int i = 0; i < COUNT; i++) {
    int number = i * STRIDE % COUNT;
    snprintf(name, sizeof name, "feed %d", number);
    snprintf(id, sizeof id, "%d", number * 7);
    feed_places_reach(&places, text_of(name), TEXT("/s"), text_of(id), (feed_prefix){1, 0});
  }
  feed_places_set(&places, TEXT("stored"), TEXT("/s"), TEXT("before"), (feed_prefix){9, 0});
  feed_places_gather(&places, &batch);
  feed_places_arrive(&places);
  assert_int_equal(batch.feeds.count, COUNT);
  for (int i = 0; i < COUNT; i++) {
    snprintf(name, sizeof name, "feed %d", i);
    snprintf(id, sizeof id, "%d", i * 7);
    assert_string_equal(durable_id(&places, name), id);
  }
  assert_string_equal(durable_id(&places, "stored"), "before");
  assert_string_equal(durable_id(&places, "feed"), "");
  assert_string_equal(durable_id(&places, "feed 1009"), "");
  assert_int_equal(places.count, COUNT + 1); /* asking makes no place */
  store_batch_close(&batch);
  feed_places_close(&places);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_place_is_durable_only_when_it_has_arrived),
      cmocka_unit_test(names_are_kept_apart_in_any_order),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
