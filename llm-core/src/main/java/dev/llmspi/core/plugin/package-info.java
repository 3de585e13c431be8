/** The plug-in folder: which jars belong together, and a loader for each, so that no plug-in meets the libraries of another. */
@NullMarked
package dev.llmspi.core.plugin;

import org.jspecify.annotations.NullMarked;
