/**
 * The provider for Portkey's gateway. It handles the headers, response data and error formats that are specific to the
 * gateway.
 */
@NullMarked
package dev.llmspi.provider.portkey;

import org.jspecify.annotations.NullMarked;
