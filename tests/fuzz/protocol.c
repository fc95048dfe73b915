/* protocol.c - target: a line between service and client, read as each of the things that it may
 * be. A hello that is taken is the same when it is written and read again. */
#include "runtime/protocol.h"

#include <assert.h>
#include <string.h>

#include "runtime/decision_json.h"
#include "runtime/decision_read.h"
#include "tests/fuzz/targets.h"

static void read_hello(treaty_text line) {
  protocol_hello hello, again;
  buffer why = {0}, written = {0};
  if (protocol_read_hello(line, &hello, &why)) {
    protocol_put_hello(&written, &hello);
    bool fine = protocol_read_hello((treaty_text){written.bytes, written.length}, &again, &why);
    assert(fine && hello.role == again.role && strcmp(hello.name, again.name) == 0);
    assert(strcmp(hello.token, again.token) == 0 && hello.from_start == again.from_start);
    assert(hello.from_now == again.from_now && hello.history == again.history);
    assert(hello.from_now || store_position_compare(hello.after, again.after) == 0);
  } else {
    assert(why.length > 0);
  }
  buffer_free(&why);
  buffer_free(&written);
}

static void read_reply(treaty_text line) {
  protocol_reply reply = {0};
  buffer why = {0};
  protocol_read_reply(line, &reply);
  assert(!protocol_puts_off(&reply, &why) || reply.kind == PROTOCOL_REJECTED);
  protocol_read_reply(line, &reply); /* into one that was read into */
  protocol_reply_close(&reply);
  buffer_free(&why);
}

static void read_decision(treaty_text line) {
  decision_read read;
  store_position position;
  buffer text = {0};
  if (decision_read_line(&read, line)) decision_text(&text, NULL, &read.decision);
  decision_read_close(&read);
  decision_read_position(line, &position);
  buffer_free(&text);
}

void fuzz_protocol(const uint8_t *bytes, size_t length) {
  treaty_text line = {length ? (const char *)bytes : "", length};
  read_hello(line);
  read_reply(line);
  read_decision(line);
}
