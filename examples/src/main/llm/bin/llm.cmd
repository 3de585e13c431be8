@echo off
rem Starts the program llm on Windows, as the script llm does elsewhere. lib\ holds the program; providers\ holds
rem the plug-ins: provider jars, and folders with a provider jar and its libraries. Java comes from JAVA_HOME or PATH. LLM_JAVA_OPTS is passed to it.
setlocal

for %%d in ("%~dp0..") do set "home=%%~fd"

if defined JAVA_HOME (
    set "java=%JAVA_HOME%\bin\java.exe"
) else (
    set "java="
    for %%j in (java.exe) do set "java=%%~$PATH:j"
)
if not defined java (
    echo llm: no Java found: install Java 17 or newer, or set JAVA_HOME>&2
    exit /b 2
)
if not exist "%java%" (
    echo llm: JAVA_HOME is %JAVA_HOME%, but it contains no bin\java.exe; correct or unset it>&2
    exit /b 2
)

rem The program always writes UTF-8. It draws with characters that the console shows: "chcp 65001" turns on all of them.
set "locale=C"
for /f "tokens=2 delims=:" %%p in ('chcp') do set "codepage=%%p"
if defined codepage if not "%codepage:65001=%"=="%codepage%" set "locale=C.UTF-8"

rem Everything in providers\ is a plug-in. Other plug-ins than the program's own may need further modules of the JDK.
set "plugins=%home%\providers"
set "modules="
for /d %%f in ("%home%\providers\*") do set "modules=--add-modules=ALL-DEFAULT"
for %%f in ("%home%\providers\*") do (
    echo %%~nxf| findstr /r "^llm-provider-openai-[0-9] ^llm-provider-openrouter-[0-9] ^llm-provider-portkey-[0-9]" >nul || set "modules=--add-modules=ALL-DEFAULT"
)

rem A batch file cannot find out which of its streams are the console, so the program asks Java.
"%java%" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Djdk.console=java.base ^
    -Dllm.tty=console "-Dllm.locale=%locale%" "-Dllm.plugins=%plugins%" %modules% %LLM_JAVA_OPTS% ^
    -p "%home%\lib" --add-modules=dev.llmspi.openai.wire -m dev.llmspi.examples/dev.llmspi.examples.cli.Llm %*
exit /b %errorlevel%
