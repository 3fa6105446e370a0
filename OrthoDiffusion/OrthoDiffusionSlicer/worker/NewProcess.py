"""A process of our library, ready to be started: its environment, and who hears of it."""

import os

import qt

from OrthoDiffusionLib.service.command import worker_environment


def newProcess(onFinished, onError, *, onOutput=None, onErrorOutput=None, importable=()):
    """A QProcess that has not been started.

    Args:
        onFinished: slot of ``finished(int,QProcess::ExitStatus)``.
        onError: slot of ``errorOccurred(QProcess::ProcessError)``.
        onOutput, onErrorOutput: slots without arguments; None where nobody reads along.
        importable: folders that Python shall find modules in, before those of the library.
    """
    variables = worker_environment()
    variables["PYTHONPATH"] = os.pathsep.join((*map(str, importable), variables["PYTHONPATH"]))
    environment = qt.QProcessEnvironment.systemEnvironment()
    for name, value in variables.items():
        environment.insert(name, value)
    process = qt.QProcess()
    process.setProcessEnvironment(environment)
    if onOutput is not None:
        process.connect("readyReadStandardOutput()", onOutput)
    if onErrorOutput is not None:
        process.connect("readyReadStandardError()", onErrorOutput)
    process.connect("finished(int,QProcess::ExitStatus)", onFinished)
    process.connect("errorOccurred(QProcess::ProcessError)", onError)
    return process
