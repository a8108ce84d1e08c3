package par

// Who wakes another thread goes on working, so the other should run elsewhere. Linux as
// a rule sees to that, but the kernels of some virtual machines put the other on the
// very same processor, even if others are idle. There the two take turns, for tens of
// milliseconds. So a thread that was woken leaves that processor. For the waker, or who
// waits, to yield is no good: beside busy programs each time costs milliseconds. On other
// systems we know of no such thing, and do nothing.

// unknown is what processor returns where the system does not tell.
const unknown = -1
