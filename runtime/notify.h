/* notify.h - tells systemd, where it asked for it, how the service is. */
#ifndef NOTIFY_H
#define NOTIFY_H

/* "READY=1" or "STOPPING=1" to the socket that NOTIFY_SOCKET names; without it, nothing. */
void notify_send(const char *state);

#endif
