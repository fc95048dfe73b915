/* sealed.c - target: a sealed treaty, which anybody may have written. The bytes are what stands
 * behind its hash, which is made to fit; the bundle that is taken out of them is none, or one that
 * can be written. */
#include <assert.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "runtime/host.h"
#include "runtime/seal.h"
#include "tests/fuzz/targets.h"

static void put_hash(buffer *text, const uint8_t *bytes, size_t length) {
  unsigned char hash[EVP_MAX_MD_SIZE];
  unsigned int hash_length = 0;
  int done = EVP_Digest(bytes, length, hash, &hash_length, EVP_sha256(), NULL);
  assert(done == 1);
  for (unsigned int i = 0; i < hash_length; i++) buffer_print(text, "%02x", hash[i]);
}

static void read_bundle(const buffer *bundle) {
  const char *why = NULL;
  buffer written = {0};
  host *host = host_from_bundle(bundle->bytes, bundle->length, &why);
  assert(host || why);
  if (host) host_bundle(host, &written);
  buffer_free(&written);
  host_free(host);
}

static void must_be_refused(const buffer *text) {
  buffer bundle = {0}, why = {0};
  bool taken = seal_open(text->bytes, text->length, &bundle, &why);
  assert(!taken && why.length > 0);
  buffer_free(&bundle);
  buffer_free(&why);
}

void fuzz_sealed(const uint8_t *bytes, size_t length) {
  buffer text = {0}, bundle = {0}, why = {0};
  buffer_print(&text, "treaty-sealed 1\nsha256 ");
  put_hash(&text, bytes, length);
  buffer_print(&text, "\n");
  buffer_put(&text, bytes, length);
  assert(seal_is(text.bytes, text.length));
  if (seal_open(text.bytes, text.length, &bundle, &why))
    read_bundle(&bundle);
  else
    assert(why.length > 0);
  buffer_put(&text, "x", 1); /* changed after it was sealed */
  must_be_refused(&text);
  buffer_free(&text);
  buffer_free(&bundle);
  buffer_free(&why);
}
