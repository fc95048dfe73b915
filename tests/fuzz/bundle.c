/* bundle.c - target: a bundle, all that a program was made from in one piece. One that is taken
 * can be written, and what was written is taken and gives the same bytes; and it may be loaded, and
 * what is loaded be sealed and opened. The same bytes stand in a sealed treaty, too, under their
 * hash. */
#include <assert.h>
#include <openssl/evp.h>
#include <string.h>

#include "runtime/host.h"
#include "runtime/seal.h"
#include "tests/fuzz/play.h"
#include "tests/fuzz/targets.h"

static void seal_and_open(const treaty_program *program, const buffer *bundle) {
  buffer sealed = {0}, opened = {0}, why = {0};
  seal_write(program, bundle, &sealed);
  bool is_open = seal_open(sealed.bytes, sealed.length, &opened, &why);
  assert(is_open);
  assert(opened.length == bundle->length);
  assert(memcmp(opened.bytes, bundle->bytes, opened.length) == 0);
  (void)is_open;
  buffer_free(&why);
  buffer_free(&opened);
  buffer_free(&sealed);
}

static void load_from(host *host, const buffer *bundle) {
  treaty_host callbacks = host_callbacks(host);
  treaty_diags *diags;
  treaty_program *program;
  treaty_status status = treaty_load(&callbacks, host_main_path(host), &diags, &program);
  assert(status == TREATY_OK || status == TREATY_INVALID);
  if (program) seal_and_open(program, bundle);
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

/* Whoever can compute a hash can seal anything. */
static void open_sealed(const uint8_t *bytes, size_t length) {
  unsigned char hash[EVP_MAX_MD_SIZE];
  buffer sealed = {0}, bundle = {0}, why = {0};
  int done = EVP_Digest(bytes, length, hash, NULL, EVP_sha256(), NULL);
  assert(done == 1);
  (void)done;
  buffer_print(&sealed, "treaty-sealed 1\nsha256 ");
  for (size_t i = 0; i < 32; i++) buffer_print(&sealed, "%02x", hash[i]);
  buffer_print(&sealed, "\n");
  buffer_put(&sealed, bytes, length);
  bool is_open = seal_open(sealed.bytes, sealed.length, &bundle, &why);
  const char *refused;
  host_free(is_open ? host_from_bundle(bundle.bytes, bundle.length, &refused) : NULL);
  assert(is_open || why.length > 0);
  buffer_free(&why);
  buffer_free(&bundle);
  buffer_free(&sealed);
}

void fuzz_bundle(const uint8_t *bytes, size_t length) {
  const char *why = NULL;
  buffer written = {0};
  open_sealed(bytes, length);
  host *host = host_from_bundle(length ? (const char *)bytes : "", length, &why);
  assert(host || why);
  if (!host) return;
  host_bundle(host, &written);
  write_again(&written);
  load_from(host, &written);
  buffer_free(&written);
  host_free(host);
}
