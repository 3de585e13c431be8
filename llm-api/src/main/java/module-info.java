/**
 * The API of llmspi: requests, responses and errors for callers, and the interfaces that providers implement. It has no
 * runtime dependencies, so any application and any provider jar can use it.
 */
module dev.llmspi.api {
    requires static org.jspecify;

    exports dev.llmspi.api;
    exports dev.llmspi.api.error;
    exports dev.llmspi.api.event;
    exports dev.llmspi.api.spi;
}
