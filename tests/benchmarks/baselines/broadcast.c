/*
 * The least that a server can do: what one WebSocket says goes to all of them, in one loop.
 *
 *     broadcast PORT
 *
 * It knows no rooms, rights, pings, fragments or limits. A socket that does not take what it
 * is given at once is closed, so that there is nothing to keep.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define MOST 65536
#define ROOM 8192 /* bytes of one message, with its head */
#define GUID "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

static struct {
    bool is_open;
    unsigned char *in;
    size_t length;
} peers[MOST];
static int open_fds[MOST], place[MOST], open_count;

static uint32_t rotated(uint32_t word, int bits)
{
    return word << bits | word >> (32 - bits);
}

/* SHA-1 of less than 120 bytes: a handshake's key and the GUID have 60. */
static void sha1(const char *text, size_t length, unsigned char digest[20])
{
    uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    unsigned char blocks[128] = {0};
    size_t size = length < 56 ? 64 : 128;
    memcpy(blocks, text, length);
    blocks[length] = 0x80;
    blocks[size - 2] = length * 8 >> 8, blocks[size - 1] = length * 8;
    for (unsigned char *block = blocks; block < blocks + size; block += 64) {
        uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
        for (int i = 0; i < 16; i++)
            w[i] = (uint32_t)block[4 * i] << 24 | block[4 * i + 1] << 16 |
                   block[4 * i + 2] << 8 | block[4 * i + 3];
        for (int i = 16; i < 80; i++)
            w[i] = rotated(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
        for (int i = 0; i < 80; i++) {
            uint32_t f = i < 20   ? ((b & c) | (~b & d)) + 0x5a827999
                         : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1
                         : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
                                  : (b ^ c ^ d) + 0xca62c1d6;
            uint32_t next = rotated(a, 5) + f + e + w[i];
            e = d, d = c, c = rotated(b, 30), b = a, a = next;
        }
        h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
    }
    for (int i = 0; i < 20; i++)
        digest[i] = h[i / 4] >> (24 - i % 4 * 8);
}

static void base64(const unsigned char *data, char *text)
{
    static const char signs[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (int i = 0; i < 21; i += 3) {
        uint32_t three = data[i] << 16 | data[i + 1] << 8 | (i + 2 < 20 ? data[i + 2] : 0);
        for (int j = 0; j < 4; j++)
            *text++ = signs[three >> (18 - 6 * j) & 63];
    }
    text[-1] = '=';
    *text = 0;
}

static void close_peer(int fd)
{
    if (peers[fd].is_open) {
        open_fds[place[fd]] = open_fds[--open_count];
        place[open_fds[place[fd]]] = place[fd];
    }
    free(peers[fd].in);
    memset(&peers[fd], 0, sizeof peers[fd]);
    close(fd);
}

static void broadcast(const unsigned char *text, size_t length)
{
    unsigned char frame[ROOM + 4] = {0x81, length};
    size_t head = 2;
    if (length > 125)
        frame[1] = 126, frame[2] = length >> 8, frame[3] = length, head = 4;
    memcpy(frame + head, text, length);
    for (int i = open_count - 1; i >= 0; i--)
        if (send(open_fds[i], frame, head + length, MSG_DONTWAIT | MSG_NOSIGNAL) !=
            (ssize_t)(head + length))
            close_peer(open_fds[i]);
}

/* Answers what asks for a WebSocket. Returns how many bytes it took; 0: not all are there. */
static size_t shake_hands(int fd)
{
    char *in = (char *)peers[fd].in, *end = strstr(in, "\r\n\r\n"), text[128], accept[32];
    char *key = strcasestr(in, "Sec-WebSocket-Key: ");
    unsigned char digest[21] = {0};
    if (!end || !key)
        return 0;
    int length = snprintf(text, sizeof text, "%.24s" GUID, key + 19);
    sha1(text, length, digest);
    base64(digest, accept);
    dprintf(fd, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept);
    peers[fd].is_open = true;
    place[fd] = open_count;
    open_fds[open_count++] = fd;
    return end + 4 - in;
}

/* Returns how many bytes it took; 0: the frame is not all there. */
static size_t take_frame(int fd)
{
    unsigned char *in = peers[fd].in;
    size_t have = peers[fd].length, head = 6, length = have < 2 ? 0 : in[1] & 127;
    if (length == 126)
        head = 8, length = have < 4 ? ROOM : in[2] << 8 | in[3];
    if (have < head + length)
        return 0;
    for (size_t i = 0; i < length; i++)
        in[head + i] ^= in[head - 4 + i % 4];
    if ((in[0] & 15) == 1)
        broadcast(in + head, length);
    return head + length;
}

static void read_from(int fd)
{
    if (!peers[fd].in)
        peers[fd].in = calloc(1, ROOM + 1);
    ssize_t got = read(fd, peers[fd].in + peers[fd].length, ROOM - peers[fd].length);
    if (got <= 0) {
        close_peer(fd);
        return;
    }
    peers[fd].length += got;
    peers[fd].in[peers[fd].length] = 0;
    size_t taken;
    while ((taken = peers[fd].is_open ? take_frame(fd) : shake_hands(fd)) && peers[fd].in) {
        peers[fd].length -= taken;
        memmove(peers[fd].in, peers[fd].in + taken, peers[fd].length);
    }
}

int main(int count, char **arguments)
{
    if (count != 2)
        return 2;
    struct sockaddr_in address = {
        AF_INET, htons(atoi(arguments[1])), {htonl(INADDR_LOOPBACK)}, {0}};
    int yes = 1, epoll = epoll_create1(0), listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 1024)) {
        perror("broadcast");
        return 1;
    }
    struct epoll_event event = {EPOLLIN, {.fd = listener}}, events[1024];
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int ready = epoll_wait(epoll, events, 1024, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd != listener) {
                read_from(events[i].data.fd);
                continue;
            }
            int fd = accept(listener, NULL, NULL);
            if (fd < 0 || fd >= MOST)
                return 1;
            setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
            event = (struct epoll_event){EPOLLIN, {.fd = fd}};
            epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
        }
    }
}
