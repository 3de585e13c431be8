/** The contract of providers, kept by what is built from them. */
@NullMarked
package dev.llmspi.it.contract;

import org.jspecify.annotations.NullMarked;
