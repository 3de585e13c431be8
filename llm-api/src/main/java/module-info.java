/**
 * The vocabulary of llmspi: what a caller sends and gets, what a provider implements, what can go wrong. It requires
 * nothing at run time, so that a provider jar and an application can share it whatever else they use.
 */
module dev.llmspi.api {
    requires static org.jspecify;

    exports dev.llmspi.api;
    exports dev.llmspi.api.error;
    exports dev.llmspi.api.event;
    exports dev.llmspi.api.spi;
}
