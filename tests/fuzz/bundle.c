/* bundle.c - target: a bundle, all that a program was made from in one piece. One that is taken can
 * be written, and what was written is taken and gives the same bytes; and it may be loaded. */
#include <assert.h>
#include <string.h>

#include "runtime/host.h"
#include "tests/fuzz/play.h"
#include "tests/fuzz/targets.h"

static void load_from(host *host) {
  treaty_host callbacks = host_callbacks(host);
  treaty_diags *diags;
  treaty_program *program;
  treaty_status status = treaty_load(&callbacks, host_main_path(host), &diags, &program);
  assert(status == TREATY_OK || status == TREATY_INVALID);
  if (program) play_by_dice(program, 0, 2);
  treaty_program_free(program);
  treaty_diags_free(diags);
}

static void write_again(const buffer *written) {
  const char *why;
  buffer again = {0};
  host *host = host_from_bundle(written->bytes, written->length, &why);
  assert(host);
  host_bundle(host, &again);
  assert(again.length == written->length);
  assert(memcmp(again.bytes, written->bytes, again.length) == 0);
  buffer_free(&again);
  host_free(host);
}

void fuzz_bundle(const uint8_t *bytes, size_t length) {
  const char *why = NULL;
  buffer written = {0};
  host *host = host_from_bundle(length ? (const char *)bytes : "", length, &why);
  assert(host || why);
  if (!host) return;
  host_bundle(host, &written);
  write_again(&written);
  load_from(host);
  buffer_free(&written);
  host_free(host);
}
